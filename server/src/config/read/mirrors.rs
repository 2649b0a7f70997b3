//! Where mirrors are, and as whom we go there. A target is configured when everything that it needs is given; a part of that is a problem.

use super::Reader;
use crate::config::{KvTarget, S3Target, Secret};
use storage::{Egress, Endpoint, KvSettings, ObjectKey, S3Settings, kv};

/// What is said of an address where no mirror may be.
pub(in crate::config) const LINK_LOCAL: &str = "it is link-local or a cloud's metadata service; TOKENKEEP_MIRROR_ALLOW_LINK_LOCAL=on allows it";

/// What was given for one target, by key.
struct Given {
    values: Vec<(&'static str, String, Secret)>,
}

impl Given {
    /// Takes a value; an empty one when there was none, which was told already.
    fn take(&mut self, key: &str) -> (String, Secret) {
        match self.values.iter().position(|(given, ..)| *given == key) {
            Some(at) => {
                let (_, given_as, value) = self.values.swap_remove(at);
                (given_as, value)
            }
            None => (String::new(), Secret::default()),
        }
    }

    fn has(&self, key: &str) -> bool {
        self.values.iter().any(|(given, ..)| *given == key)
    }
}

impl Reader {
    /// Whether mirrors may be at link-local addresses.
    pub(super) fn mirror_egress(&mut self) -> Option<Egress> {
        let mend = "use on or off";
        self.parse("mirror_allow_link_local", Some(Egress::Guarded), mend, |text| match text {
            "on" => Some(Egress::LinkLocalAllowed),
            "off" => Some(Egress::Guarded),
            _ => None,
        })
    }

    /// Whether what mirrors hold is adopted after a start.
    pub(super) fn mirror_adopt(&mut self) -> Option<bool> {
        self.parse("mirror_adopt", Some(false), "use on or off", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        })
    }

    /// Which mirrors are written for the readers of token-manager.
    pub(super) fn mirror_token_manager(&mut self) -> Option<Vec<String>> {
        let mend = "name mirrors of files, git, postgres, s3 and kv, parted by commas";
        self.parse("mirror_token_manager", Some(Vec::new()), mend, |text| {
            let names: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
            let known = |name: &String| service::mirror::target::NAMES.contains(&name.as_str());
            names.iter().all(known).then_some(names)
        })
    }

    /// The bucket of the S3 mirror.
    pub(super) fn mirror_s3(&mut self, egress: Egress) -> Option<S3Target> {
        let needs = [
            ("objectstore_endpoint", "OBJECTSTORE_ENDPOINT"),
            ("objectstore_bucket", "OBJECTSTORE_BUCKET"),
            ("objectstore_access_key", "OBJECTSTORE_ACCESS_KEY"),
            ("objectstore_secret_key", "OBJECTSTORE_SECRET_KEY"),
        ];
        let mut given = self.target(&needs, &["objectstore_region", "objectstore_prefix"])?;
        let endpoint = self.endpoint(given.take("objectstore_endpoint"), egress);
        let endpoint = endpoint.and_then(|(given_as, endpoint)| {
            if endpoint.has_path() {
                self.problem(given_as, "give a host and maybe a port, without a path");
                return None;
            }
            Some(endpoint)
        });
        let (given_as, bucket) = given.take("objectstore_bucket");
        if !S3Settings::is_bucket(&bucket) {
            let mend = "use 3 to 63 letters, digits, dots and hyphens, with a letter or digit at both ends";
            self.problem(given_as, mend);
        }
        let region = self.region(&mut given);
        let prefix = given.has("objectstore_prefix").then(|| given.take("objectstore_prefix"));
        let prefix = prefix.and_then(|(given_as, text)| {
            let parsed = ObjectKey::parse(text.trim_matches('/'));
            if parsed.is_none() {
                let mend =
                    "use segments of letters, digits, dots, underscores and hyphens, parted by /";
                self.problem(given_as, mend);
            }
            parsed
        });
        let access_key = self.header_text(given.take("objectstore_access_key"));
        let secret_key = self.header_text(given.take("objectstore_secret_key"));
        let (endpoint, bucket) = (endpoint?, bucket.to_string());
        Some(S3Target { endpoint, bucket, access_key, secret_key, region, prefix })
    }

    /// The namespace of the KV mirror.
    pub(super) fn mirror_kv(&mut self, egress: Egress) -> Option<KvTarget> {
        let needs = [
            ("cloudflare_account_id", "CLOUDFLARE_ACCOUNT_ID"),
            ("cloudflare_kv_namespace_id", "CLOUDFLARE_KV_NAMESPACE_ID"),
            ("cloudflare_api_token", "CLOUDFLARE_API_TOKEN"),
        ];
        let mut given = self.target(&needs, &["cloudflare_api_base"])?;
        let base = if given.has("cloudflare_api_base") {
            self.endpoint(given.take("cloudflare_api_base"), egress).map(|(_, base)| base)
        } else {
            Endpoint::parse(kv::CLOUDFLARE)
        };
        let [account, namespace] =
            ["cloudflare_account_id", "cloudflare_kv_namespace_id"].map(|key| {
                let (given_as, id) = given.take(key);
                if !KvSettings::is_id(&id) {
                    self.problem(given_as, "give the id, 32 hexadecimal digits");
                }
                id.to_string()
            });
        let token = self.header_text(given.take("cloudflare_api_token"));
        Some(KvTarget { base: base?, account, namespace, token })
    }

    fn region(&mut self, given: &mut Given) -> String {
        if !given.has("objectstore_region") {
            return "us-east-1".to_owned();
        }
        let (given_as, region) = given.take("objectstore_region");
        if !S3Settings::is_region(&region) {
            self.problem(given_as, "use letters, digits and hyphens, such as eu-central-1");
        }
        region.to_string()
    }

    /// Takes everything of one target; `None` when nothing of it was given. What is missing is a problem, told once.
    fn target(&mut self, needs: &[(&'static str, &str)], may: &[&'static str]) -> Option<Given> {
        let keys = needs.iter().map(|(key, _)| *key).chain(may.iter().copied());
        let values: Vec<_> = keys
            .filter_map(|key| self.take(key).map(|(given_as, value)| (key, given_as, value)))
            .collect();
        let given = Given { values };
        let (_, first, _) = given.values.first()?;
        let missing: Vec<_> =
            needs.iter().filter(|(key, _)| !given.has(key)).map(|(_, env)| *env).collect();
        if missing.is_empty() {
            return Some(given);
        }
        self.problem(first.clone(), format!("set {} too", missing.join(", ")));
        None
    }

    /// Reads an endpoint, with the variable that it was given by.
    fn endpoint(
        &mut self,
        (given_as, text): (String, Secret),
        egress: Egress,
    ) -> Option<(String, Endpoint)> {
        let Some(endpoint) = Endpoint::parse(&text) else {
            self.problem(
                given_as,
                "give http:// or https:// and a host, without a user or a query",
            );
            return None;
        };
        if !egress.allows(&endpoint) {
            self.problem(given_as, LINK_LOCAL);
            return None;
        }
        Some((given_as, endpoint))
    }

    /// A credential goes into a header: what cannot be written there is a mistake of copying.
    fn header_text(&mut self, (given_as, text): (String, Secret)) -> Secret {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.problem(given_as, "use printable ASCII characters, without spaces");
        }
        text
    }
}
