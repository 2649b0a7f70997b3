//! The two servers.

use crate::outside::process::Served;
use reqwest::Client;
use std::process::Command;
use storage::{Egress, Endpoint, ObjectKey, Patience, S3, S3Settings};
use tempfile::TempDir;
use zeroize::Zeroizing;

pub const ACCESS: &str = "AKIATOKENKEEPTESTKEY";
pub const SECRET: &str = "s3cret/of+the/tests/of+tokenkeep/1234567";

/// Where and as whom.
pub fn settings(endpoint: &str, bucket: &str) -> S3Settings {
    S3Settings {
        endpoint: Endpoint::parse(endpoint).expect("an endpoint"),
        bucket: bucket.to_owned(),
        access_key: Zeroizing::new(ACCESS.to_owned()),
        secret_key: Zeroizing::new(SECRET.to_owned()),
        region: "us-east-1".to_owned(),
        prefix: None,
        egress: Egress::Guarded,
        patience: Patience::default(),
    }
}

/// The same, under a prefix.
pub fn under(settings: S3Settings, prefix: &str) -> S3Settings {
    S3Settings { prefix: ObjectKey::parse(prefix), ..settings }
}

fn program(variable: &str) -> Command {
    let path = std::env::var_os(variable);
    Command::new(path.unwrap_or_else(|| panic!("{variable} is not set: use scripts/test")))
}

/// s3s-fs on a directory of its own.
pub struct S3s {
    pub served: Served,
    pub endpoint: String,
    pub dir: TempDir,
}

impl S3s {
    pub fn start() -> Self {
        Self::run(program("TOKENKEEP_TEST_S3S"))
    }

    /// With a clock that is wrong by that much.
    pub fn ahead_by(offset: &str) -> Self {
        let library = std::env::var("TOKENKEEP_TEST_FAKETIME").expect("libfaketime: `make setup`");
        let mut command = program("TOKENKEEP_TEST_S3S");
        command.env("LD_PRELOAD", library).env("FAKETIME", offset);
        Self::run(command)
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.endpoint.trim_start_matches("http://").parse().expect("an address")
    }

    fn run(mut command: Command) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        command.args(["--host", "127.0.0.1", "--port", "0"]);
        command.args(["--access-key", ACCESS, "--secret-key", SECRET]);
        command.arg(dir.path()).env("RUST_LOG", "s3s_fs=info").env("NO_COLOR", "1");
        let served = Served::start(&mut command, "server is running at ");
        let (_, address) = served.said.split_once("running at ").expect("its address");
        let endpoint = address.trim().to_owned();
        Self { served, endpoint, dir }
    }

    pub fn place(&self, bucket: &str) -> S3 {
        S3::new(settings(&self.endpoint, bucket)).expect("a client")
    }
}

/// moto, with a user who may do everything with buckets.
pub struct Moto {
    _served: Served,
    pub endpoint: String,
    id: String,
    secret: String,
}

impl Moto {
    pub async fn start() -> Self {
        let mut command = program("TOKENKEEP_TEST_MOTO");
        // The first three calls make the user; from the fourth on signatures are checked.
        command.args(["-H", "127.0.0.1", "-p", "0"]).env("INITIAL_NO_AUTH_ACTION_COUNT", "3");
        let served = Served::start(&mut command, "Running on http");
        let (_, address) = served.said.split_once("Running on ").expect("its address");
        let endpoint = address.trim().to_owned();
        iam(&endpoint, "Action=CreateUser&UserName=mirror").await;
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
        let policy = format!(
            "Action=PutUserPolicy&UserName=mirror&PolicyName=p&PolicyDocument={}",
            policy.replace('{', "%7B").replace('}', "%7D").replace('"', "%22")
        );
        iam(&endpoint, &policy).await;
        let made = iam(&endpoint, "Action=CreateAccessKey&UserName=mirror").await;
        let (id, secret) = (within(&made, "AccessKeyId"), within(&made, "SecretAccessKey"));
        Self { _served: served, endpoint, id, secret }
    }

    pub fn place(&self, bucket: &str) -> S3 {
        self.place_with(bucket, |settings| settings)
    }

    pub fn place_as(&self, bucket: &str, id: Option<&str>, secret: Option<&str>) -> S3 {
        self.place_with(bucket, |settings| S3Settings {
            access_key: id.map_or(settings.access_key, |id| Zeroizing::new(id.to_owned())),
            secret_key: secret.map_or(settings.secret_key, |key| Zeroizing::new(key.to_owned())),
            ..settings
        })
    }

    pub fn place_with(&self, bucket: &str, change: impl FnOnce(S3Settings) -> S3Settings) -> S3 {
        let settings = S3Settings {
            access_key: Zeroizing::new(self.id.clone()),
            secret_key: Zeroizing::new(self.secret.clone()),
            ..settings(&self.endpoint, bucket)
        };
        S3::new(change(settings)).expect("a client")
    }
}

/// One call to moto's user management, which looks at no signature yet.
async fn iam(endpoint: &str, form: &str) -> String {
    let scope = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x";
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = Client::new()
        .post(endpoint)
        .header("authorization", scope)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("Version=2010-05-08&{form}"))
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_success(), "{form}: {}", answer.status());
    answer.text().await.expect("its text")
}

fn within(text: &str, name: &str) -> String {
    let after = text.split_once(&format!("<{name}>")).expect(name).1;
    after.split_once('<').expect(name).0.to_owned()
}
