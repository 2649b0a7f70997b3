//! Reads the configuration.

mod mirrors;

pub(super) use mirrors::LINK_LOCAL;

use super::variables::{CONFIG, VARIABLES, Variable};
use super::{Config, Secret, traces};
use domain::token::Prefix;
use domain::user::Email;
use domain::verify::Origins;
use service::verify::VerifyAccess;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// The environment, as it was at the start.
pub type Environment = BTreeMap<String, String>;

/// One thing that is wrong, by its key. Never holds a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting, as it was given: a variable or a key of the file.
    pub key: String,
    /// What is wrong, and what to do.
    pub text: String,
}

/// Everything that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "The configuration cannot be used:")?;
        for problem in &self.0 {
            writeln!(f, "  {}: {}", problem.key, problem.text)?;
        }
        Ok(())
    }
}

/// What was given, and what is wrong with it.
pub(super) struct Reader {
    values: BTreeMap<&'static str, (String, Secret)>,
    problems: Vec<Problem>,
    /// Where programs are looked for.
    pub(super) search_path: String,
}

/// Reads the configuration from the file that `TOKENKEEP_CONFIG` names, if any, and from the environment. An empty variable is an unset one.
///
/// # Errors
/// Every problem at once.
pub fn read(environment: &Environment) -> Result<Config, Problems> {
    let search_path =
        environment.get("PATH").map_or("/usr/local/bin:/usr/bin:/bin", String::as_str);
    let mut reader = Reader {
        values: BTreeMap::new(),
        problems: Vec::new(),
        search_path: search_path.to_owned(),
    };
    if let Some(path) = environment.get(CONFIG).filter(|path| !path.is_empty()) {
        reader.file(Path::new(path));
    }
    for variable in VARIABLES {
        reader.variable(variable, environment);
    }
    let config = reader.config();
    match config {
        Some(config) if reader.problems.is_empty() => Ok(config),
        _ => Err(Problems(reader.problems)),
    }
}

impl Reader {
    pub(super) fn problem(&mut self, key: impl Into<String>, text: impl Into<String>) {
        self.problems.push(Problem { key: key.into(), text: text.into() });
    }

    fn file(&mut self, path: &Path) {
        let shown = path.display().to_string();
        let table = match std::fs::read_to_string(path).map(|text| text.parse::<toml::Table>()) {
            Ok(Ok(table)) => table,
            Ok(Err(error)) => {
                let at = error
                    .span()
                    .map_or_else(String::new, |span| format!(" at byte {}", span.start));
                return self.problem(CONFIG, format!("{shown} is not TOML{at}"));
            }
            Err(error) => return self.problem(CONFIG, format!("{shown} cannot be read: {error}")),
        };
        for (key, value) in table {
            let Some(variable) = VARIABLES.iter().find(|variable| variable.key == key) else {
                self.problem(&key, format!("there is no such setting (in {shown})"));
                continue;
            };
            match value {
                toml::Value::String(text) => {
                    self.values.insert(variable.key, (key, Zeroizing::new(text)));
                }
                _ => self.problem(&key, format!("put the value in quotes (in {shown})")),
            }
        }
    }

    fn variable(&mut self, variable: &'static Variable, environment: &Environment) {
        let given = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        if let Some(value) = given(variable.env) {
            self.values
                .insert(variable.key, (variable.env.to_owned(), Zeroizing::new(value.clone())));
        }
        let file_variable = format!("{}_FILE", variable.env);
        let Some(path) = given(&file_variable).filter(|_| variable.secret) else { return };
        if given(variable.env).is_some() {
            let text = format!("{} is set too; keep one of them", variable.env);
            return self.problem(file_variable, text);
        }
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                let value = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
                self.values.insert(variable.key, (file_variable, value));
            }
            Err(error) => self.problem(file_variable, format!("{path} cannot be read: {error}")),
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<(String, Secret)> {
        debug_assert!(VARIABLES.iter().any(|variable| variable.key == key), "{key} is documented");
        self.values.remove(key)
    }

    /// The parsed value, or the default; a value that does not parse is a problem.
    pub(super) fn parse<T>(
        &mut self,
        key: &str,
        default: Option<T>,
        mend: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let Some((given_as, text)) = self.take(key) else { return default };
        let parsed = parse(&text);
        if parsed.is_none() {
            self.problem(given_as, mend);
        }
        parsed
    }

    /// A whole number from 0 to `max`.
    fn number(&mut self, key: &str, default: u64, max: u64) -> Option<u64> {
        self.parse(key, Some(default), &format!("use a whole number of 0 to {max}"), |text| {
            text.trim().parse().ok().filter(|number| *number <= max)
        })
    }

    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.take(key).map(|(_, text)| PathBuf::from(text.as_str()))
    }

    fn config(&mut self) -> Option<Config> {
        let listen = self.parse(
            "listen",
            "127.0.0.1:3000".parse().ok(),
            "give an address and a port, such as 127.0.0.1:3000",
            |text| text.parse().ok(),
        );
        let public_url = self.parse(
            "public_url",
            Some(None),
            "give http:// or https://, a host and maybe a port, without a path",
            |text| parse_origin(text).map(Some),
        );
        let trusted_proxies = self.parse(
            "trusted_proxies",
            Some(None),
            "give addresses or networks such as 10.0.0.0/8, separated by commas, at most 50",
            |text| Origins::parse(text.split(',')).ok(),
        );
        let token_prefix = self.parse(
            "token_prefix",
            Some(Prefix::token()),
            "use a lower-case letter, then lower-case letters, digits and underscores, and end with an underscore; at most 16 characters; not tkm_ or tks_",
            |text| Prefix::parse(text).filter(|p| *p != Prefix::management() && *p != Prefix::setup()),
        );
        let instance =
            self.parse("instance", Some(None), "use 1 to 64 printable ASCII characters", |text| {
                let good =
                    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
                good.then(|| Some(text.to_owned()))
            });
        let verify_access = self.parse(
            "verify_access",
            Some(VerifyAccess::Open),
            "use open or key",
            VerifyAccess::parse,
        );
        let verify_budget = self.number("verify_budget_seconds", 300, 86_400);
        let verify_resident_max = self.number("verify_resident_max", 2_000_000, 100_000_000);
        let usage_retention_months = self.number("usage_retention_months", 13, 120);
        let tombstone_days = self.number("tombstone_days", 0, 3_650);
        let metrics = self.parse("metrics", Some(false), "use on or off", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        });
        let mirror_egress = self.mirror_egress();
        let mirror_token_manager = self.mirror_token_manager();
        let mirror_adopt = self.mirror_adopt();
        let mirror_s3 = self.mirror_s3(mirror_egress.unwrap_or_default());
        let mirror_kv = self.mirror_kv(mirror_egress.unwrap_or_default());
        let encryption_keys = self.take("token_encryption_key");
        if let Some((given_as, keys)) = &encryption_keys
            && let Err(error) = vault::Sealer::parse(keys)
        {
            self.problem(given_as.clone(), error.to_string());
        }
        let admin = self.admin();
        let database_url = self.database_url();
        let snapshot_path = self.snapshot_path(database_url.is_some(), encryption_keys.is_some());
        let data_dir = self.path("data_dir").unwrap_or_else(|| PathBuf::from("./data"));
        let git_mirror = self.git_mirror(&data_dir, mirror_egress.unwrap_or_default());
        let postgres_mirror = self.postgres_mirror(mirror_egress.unwrap_or_default());
        let traces = traces::read(self);
        // Nothing is judged below: a problem there would hide behind an earlier one.
        Some(Config {
            listen: listen?,
            public_url: public_url?,
            trusted_proxies: trusted_proxies?,
            data_dir,
            database_url,
            encryption_keys: encryption_keys.map(|(_, keys)| keys),
            token_prefix: token_prefix?,
            admin,
            mirror_files_path: self.path("mirror_files_path"),
            git_mirror,
            postgres_mirror,
            mirror_s3,
            mirror_kv,
            mirror_egress: mirror_egress?,
            search_path: self.search_path.clone(),
            mirror_token_manager: mirror_token_manager?,
            mirror_adopt: mirror_adopt?,
            instance: instance?,
            verify_access: verify_access?,
            verify_budget: Duration::from_secs(verify_budget?),
            verify_resident_max: usize::try_from(verify_resident_max?).unwrap_or(usize::MAX),
            snapshot_path,
            usage_retention_months: u16::try_from(usage_retention_months?).unwrap_or(u16::MAX),
            tombstone_days: u16::try_from(tombstone_days?).ok().filter(|days| *days > 0),
            metrics: metrics?,
            traces,
            site_dir: self.path("site_dir"),
            postgres_bin_dir: self.path("postgres_bin_dir"),
            log: self.take("log").map_or_else(|| "info".to_owned(), |(_, text)| text.to_string()),
        })
    }

    fn snapshot_path(&mut self, has_database: bool, has_keys: bool) -> Option<PathBuf> {
        let (given_as, path) = self.take("snapshot_path")?;
        if !has_database {
            let mend = "it is for a database of DATABASE_URL; the embedded one starts with the server: take it away";
            self.problem(given_as.clone(), mend);
        }
        if !has_keys {
            self.problem(given_as, "it is signed with TOKEN_ENCRYPTION_KEY: set that too");
        }
        Some(PathBuf::from(path.as_str()))
    }

    fn database_url(&mut self) -> Option<Secret> {
        let (given_as, url) = self.take("database_url")?;
        if url.parse::<sqlx::postgres::PgConnectOptions>().is_err() {
            self.problem(given_as, "give a URL such as postgres://user@host/database");
        }
        Some(url)
    }

    fn admin(&mut self) -> Option<(Email, Secret)> {
        let email = self.take("admin_email");
        let password = self.take("admin_password");
        match (email, password) {
            (None, None) => None,
            (Some((given_as, _)), None) => {
                self.problem(given_as, "set TOKENKEEP_ADMIN_PASSWORD or its _FILE too");
                None
            }
            (None, Some((given_as, _))) => {
                self.problem(given_as, "set TOKENKEEP_ADMIN_EMAIL too");
                None
            }
            (Some((given_as, email)), Some((_, password))) => match Email::parse(&email) {
                Ok(email) => Some((email, password)),
                Err(_) => {
                    self.problem(given_as, "give an e-mail address");
                    None
                }
            },
        }
    }
}

/// An origin: scheme, host, maybe a port; a slash at the end is let go.
fn parse_origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let uri: http::Uri = text.parse().ok()?;
    let scheme_good = matches!(uri.scheme_str(), Some("http" | "https"));
    let bare = uri.query().is_none() && uri.path() == "/" && !text.contains('@');
    (scheme_good && bare && uri.host().is_some()).then(|| text.to_owned())
}
