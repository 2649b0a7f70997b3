//! What is made of what people said: each field judged by its backend, and a client that has asked nothing yet.

use crate::mirror::Target;
use crate::{Error, Fault, Result, Service};
use domain::mirror::{Format, TargetKind, TargetName, TargetSecrets, TargetSettings};
use domain::refusal::Judge;
use domain::{Code, Refusals, Refused};
use std::path::{Path, PathBuf};
use storage::git::{self, Address, Branch, Times};
use storage::postgres::{Schema, Server, server};
use storage::{
    Egress, Endpoint, Git, Kv, KvSettings, ObjectKey, Patience, Place, Postgres, S3, S3Settings, kv,
};
use zeroize::Zeroizing;

/// Amazon's first region, which other servers take for any.
const REGION: &str = "us-east-1";
/// Nobody reads the password on the way, and a server's certificate need not be known here.
const TLS: &str = "require";

/// What of the surroundings a target may use.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Whether targets may be at link-local and metadata addresses.
    pub egress: Egress,
    /// The directory in which clones are kept, a directory for each.
    pub clones: PathBuf,
    /// Where programs are looked for, as `PATH` has it.
    pub search_path: String,
    /// Whether what a target holds and nobody here knows is adopted when its loop starts.
    pub adopts: bool,
}

/// Where the clone of a target is kept.
pub fn clone_of(outside: &Outside, name: &str) -> PathBuf {
    outside.clones.join(name)
}

/// The target of that name.
///
/// # Errors
/// Of each field that is wrong; a fault when no client can be made.
pub fn target(
    service: &Service,
    name: &TargetName,
    settings: &TargetSettings,
    secrets: &TargetSecrets,
) -> Result<Target> {
    let outside = service.outside();
    let place = place(outside, &clone_of(outside, name.as_str()), settings, secrets)?;
    let format = settings.get("format").and_then(Format::parse).unwrap_or_default();
    let target = Target::added(name.as_str(), place).written_for(format);
    Ok(target.adopting_at_start(outside.adopts))
}

/// The place, with a clone in `clone` where it needs one.
///
/// # Errors
/// As [`target`].
pub fn place(
    outside: &Outside,
    clone: &Path,
    settings: &TargetSettings,
    secrets: &TargetSecrets,
) -> Result<Place> {
    let mut said = Said { judge: Judge::default(), settings, secrets, egress: outside.egress };
    said.setting("format", Format::parse);
    let made = match settings.kind() {
        TargetKind::Kv => said.kv().map(|it| Kv::new(it).map(Place::Kv)),
        TargetKind::S3 => said.s3().map(|it| S3::new(it).map(Place::S3)),
        TargetKind::Git => said.git(outside, clone).map(|it| Ok(Place::Git(Git::new(it)))),
        TargetKind::Postgres => said.postgres().map(|it| Ok(Place::Postgres(it))),
    };
    said.judge.verdict()?;
    let made = made.ok_or_else(|| Refusals::from(Code::BodyMalformed))?;
    made.map_err(|error| Error::from(Fault::new("making the client of a mirror", error)))
}

/// What was said, and what is wrong with it.
struct Said<'a> {
    judge: Judge,
    settings: &'a TargetSettings,
    secrets: &'a TargetSecrets,
    egress: Egress,
}

impl Said<'_> {
    fn refuse<T>(&mut self, field: &'static str, code: Code) -> Option<T> {
        self.judge.refuse(Refused::field(field, code));
        None
    }

    /// A value by the rule of its field. `None` where there is none, and where it is refused.
    fn setting<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let parsed = parse(self.settings.get(field)?);
        if parsed.is_some() { parsed } else { self.refuse(field, Code::SettingInvalid) }
    }

    fn setting_if(&mut self, field: &'static str, good: fn(&str) -> bool) -> Option<String> {
        self.setting(field, |text| good(text).then(|| text.to_owned()))
    }

    fn secret(&mut self, field: &'static str) -> Option<Zeroizing<String>> {
        match self.secrets.expose(field) {
            Some(secret) => Some(secret.clone()),
            None => self.refuse(field, Code::Empty),
        }
    }

    fn endpoint(&mut self, field: &'static str, text: &str, bare: bool) -> Option<Endpoint> {
        match Endpoint::parse(text) {
            Some(endpoint) if bare && endpoint.has_path() => self.refuse(field, Code::UrlInvalid),
            Some(endpoint) if !self.egress.allows(&endpoint) => {
                self.refuse(field, Code::AddressForbidden)
            }
            Some(endpoint) => Some(endpoint),
            None => self.refuse(field, Code::UrlInvalid),
        }
    }

    fn kv(&mut self) -> Option<KvSettings> {
        let base = self.settings.get("api_base").unwrap_or(kv::CLOUDFLARE).to_owned();
        let base = self.endpoint("api_base", &base, false);
        let account = self.setting_if("account_id", KvSettings::is_id);
        let namespace = self.setting_if("namespace_id", KvSettings::is_id);
        let token = self.secret("api_token");
        Some(KvSettings {
            base: base?,
            account: account?,
            namespace: namespace?,
            token: token?,
            egress: self.egress,
            patience: Patience::default(),
        })
    }

    fn s3(&mut self) -> Option<S3Settings> {
        let endpoint = self.settings.get("endpoint").unwrap_or_default().to_owned();
        let endpoint = self.endpoint("endpoint", &endpoint, true);
        let bucket = self.setting_if("bucket", S3Settings::is_bucket);
        let region = self.setting_if("region", S3Settings::is_region);
        let prefix = self.setting("prefix", |text| ObjectKey::parse(text.trim_matches('/')));
        let (access_key, secret_key) = (self.secret("access_key"), self.secret("secret_key"));
        Some(S3Settings {
            endpoint: endpoint?,
            bucket: bucket?,
            access_key: access_key?,
            secret_key: secret_key?,
            region: region.unwrap_or_else(|| REGION.to_owned()),
            prefix,
            egress: self.egress,
            patience: Patience::default(),
        })
    }

    /// Over HTTP alone: a path is one of the server's own disk, and ssh needs files there.
    fn git(&mut self, outside: &Outside, clone: &Path) -> Option<git::Settings> {
        let address = match Address::parse(self.settings.get("url").unwrap_or_default()) {
            Ok(address) if address.kind() == git::Kind::Http => Some(address),
            _ => self.refuse("url", Code::UrlInvalid),
        };
        let address = address.and_then(|address| {
            let near = address.host().is_some_and(|(host, _)| !self.egress.allows_host(host));
            if near { self.refuse("url", Code::AddressForbidden) } else { Some(address) }
        });
        let branch = self.setting("branch", Branch::parse);
        // In basic authentication the name ends at the first colon (RFC 7617, section 2).
        let username = self.setting_if("username", |text| !text.contains(':'));
        let token = self.secret("token");
        Some(git::Settings {
            address: address?,
            credentials: Some((username?, token?)),
            ssh: None,
            branch: branch.unwrap_or_default(),
            local_path: clone.to_owned(),
            search_path: outside.search_path.clone(),
            egress: self.egress,
            times: Times::default(),
        })
    }

    fn postgres(&mut self) -> Option<Postgres> {
        let host = self.setting_if("host", Server::is_host);
        let host = host.and_then(|host| {
            let near = !self.egress.allows_host(&host);
            if near { self.refuse("host", Code::AddressForbidden) } else { Some(host) }
        });
        let port = self.setting("port", |text| text.parse().ok().filter(|port| *port > 0));
        let tls = self.setting_if("sslmode", Server::is_tls);
        let schema = self.setting("schema", Schema::parse);
        let (database, username) = (self.settings.get("database")?, self.settings.get("username")?);
        let server = Server {
            host: &host?,
            port: port.unwrap_or(server::PORT),
            database,
            username,
            password: self.secrets.expose("password"),
            tls: tls.as_deref().unwrap_or(TLS),
        };
        Some(Postgres::at(&server, schema.unwrap_or_default(), self.egress))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mirror::NewTarget;

    fn made(kind: TargetKind, given: &[(&str, &str)]) -> Result<String, Vec<(&'static str, Code)>> {
        use storage::Storage as _;
        let told = |refusals: &Refusals| -> Vec<_> {
            refusals.all().iter().map(|it| (it.field.unwrap_or(""), it.code)).collect()
        };
        let new = NewTarget::parse(kind, given.iter().copied()).map_err(|it| told(&it))?;
        let (outside, clone) = (Outside::default(), PathBuf::from("clone"));
        let place = place(&outside, &clone, &new.settings, &new.secrets);
        place.map(|place| place.describe()).map_err(|error| told(&error.refusals()))
    }

    fn bucket<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let all = [
            ("endpoint", "http://127.0.0.1:9000"),
            ("bucket", "mirror"),
            ("access_key", "AK"),
            ("secret_key", "SK"),
        ];
        let kept = all.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        kept.chain(more.iter().copied()).collect()
    }

    #[test]
    fn a_place_says_where_it_is_and_never_with_a_secret() {
        let place = made(TargetKind::S3, &bucket(&[("prefix", "/edge/")]));
        assert_eq!(place.as_deref(), Ok("http://127.0.0.1:9000/mirror/edge"));
        let kv = [("account_id", "0a"), ("namespace_id", "0b"), ("api_token", "t")];
        let place = made(TargetKind::Kv, &kv).expect("good");
        assert!(place.starts_with(kv::CLOUDFLARE) && place.ends_with("/0b"), "{place}");
        let git = [("url", "https://git.example/a.git"), ("username", "u"), ("token", "t")];
        let place = made(TargetKind::Git, &git);
        assert_eq!(place.as_deref(), Ok("https://git.example/a.git, branch main"));
        let postgres = [("host", "db"), ("database", "tokens"), ("username", "mirror")];
        let place = made(TargetKind::Postgres, &postgres);
        assert_eq!(place.as_deref(), Ok("db:5432/tokens, schema tokenkeep_mirror"));
    }

    #[test]
    fn every_field_is_judged_by_its_backend_at_once() {
        let wrong =
            [("endpoint", "https://a/b"), ("bucket", "x"), ("region", "a b"), ("prefix", "a//b")];
        let found = made(TargetKind::S3, &bucket(&wrong)).expect_err("refused");
        let invalid = Code::SettingInvalid;
        let expected = [
            ("endpoint", Code::UrlInvalid),
            ("bucket", invalid),
            ("region", invalid),
            ("prefix", invalid),
        ];
        assert_eq!(found, expected);
        let wrong = [
            ("host", "/run/postgresql"),
            ("port", "0"),
            ("sslmode", "maybe"),
            ("schema", "pg_catalog"),
            ("format", "seed"),
            ("database", "a"),
            ("username", "b"),
        ];
        let found = made(TargetKind::Postgres, &wrong).expect_err("refused");
        let fields: Vec<_> = found.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["format", "host", "port", "sslmode", "schema"]);
    }

    #[test]
    fn what_is_on_this_machine_or_needs_files_of_it_is_no_repository() {
        for url in
            ["/srv/repo.git", "file:///srv/repo.git", "git@host:a.git", "ssh://git@host/a.git"]
        {
            let git = [("url", url), ("username", "u"), ("token", "t")];
            assert_eq!(made(TargetKind::Git, &git), Err(vec![("url", Code::UrlInvalid)]), "{url}");
        }
    }

    #[test]
    fn metadata_addresses_are_refused_by_their_own_code() {
        let forbidden = |field| Err(vec![(field, Code::AddressForbidden)]);
        let at = "http://169.254.169.254";
        assert_eq!(made(TargetKind::S3, &bucket(&[("endpoint", at)])), forbidden("endpoint"));
        let kv =
            [("account_id", "0a"), ("namespace_id", "0b"), ("api_token", "t"), ("api_base", at)];
        assert_eq!(made(TargetKind::Kv, &kv), forbidden("api_base"));
        let git =
            [("url", "http://metadata.google.internal/a.git"), ("username", "u"), ("token", "t")];
        assert_eq!(made(TargetKind::Git, &git), forbidden("url"));
        let postgres = [("host", "fe80::1"), ("database", "a"), ("username", "b")];
        assert_eq!(made(TargetKind::Postgres, &postgres), forbidden("host"));
    }
}
