//! The canary: secrets go through every door, and are looked for in logs, tables and answers. They are where they were shown, nowhere else.

mod log;
mod visitor;

use crate::app::{EMAIL, TestApp, Who};
use domain::audit::Caller;
use domain::policy::Actor;
use domain::token::TokenSecret;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};
use vault::Sealer;
use visitor::{Seen, Visitor};

const PASSWORD: &str = "canary-password-right-one";
const WRONG_PASSWORD: &str = "canary-password-wrong-one";

const BACKEND: &str = "canary-backend-secret-0123456789";
const BACKEND_WRONG: &str = "canary-backend-refused-0123456789";

const TARGET: &str = "canary-target-credential-0123456789";
const TARGET_WRONG: &str = "canary-target-refused-0123456789";

/// A secret, and the answers that may show it, by the beginning of their names.
struct Canary {
    what: &'static str,
    secret: String,
    shown_by: &'static [&'static str],
}

impl Canary {
    fn new(what: &'static str, secret: &str, shown_by: &'static [&'static str]) -> Self {
        Self { what, secret: secret.to_owned(), shown_by }
    }

    /// The forms in which it could have got out.
    fn forms(&self) -> Vec<String> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // Without its prefix and ends, as a log that shortens would write it.
        let middle = self.secret.get(13..self.secret.len() - 5).unwrap_or(&self.secret).to_owned();
        vec![hex(self.secret.as_bytes()), middle, self.secret.clone()]
    }

    /// Where it is, and must not be.
    fn found_in(&self, seen: &[Seen]) -> Vec<String> {
        let forms = self.forms();
        let allowed = |name: &str| self.shown_by.iter().any(|begin| name.starts_with(begin));
        let holds = |seen: &&Seen| forms.iter().any(|form| seen.text.contains(form));
        let found = seen.iter().filter(|seen| !allowed(&seen.name)).filter(holds);
        found
            .map(|seen| {
                format!("the {} is in {}: {}", self.what, seen.name, self.around(&seen.text))
            })
            .collect()
    }

    /// A piece of text around it, for whoever looks for the hole.
    fn around(&self, text: &str) -> String {
        let at = self.forms().iter().filter_map(|form| text.find(form)).min().unwrap_or_default();
        text.chars().skip(text[..at].chars().count().saturating_sub(100)).take(200).collect()
    }

    /// Whether it was shown at all: a canary that nobody shows proves nothing.
    fn is_shown(&self, seen: &[Seen]) -> bool {
        self.shown_by.is_empty()
            || seen.iter().any(|seen| {
                self.shown_by.iter().any(|begin| seen.name.starts_with(begin))
                    && seen.text.contains(&self.secret)
            })
    }
}

/// The hash of a token: not a secret, but nothing that an answer or a log should hold. Tables do.
fn hash(what: &'static str, secret: &str) -> Canary {
    let hash = TokenSecret::parse(secret).expect("a secret").hash().to_hex();
    Canary::new(what, &hash, &["table"])
}

#[sqlx::test(migrations = "../migrations")]
async fn secrets_are_only_where_they_were_shown(pool: PgPool) {
    let log = log::capture();
    let encryption_key = Sealer::generate_key();
    let app = TestApp::with_keys(pool, Some(&encryption_key)).await;
    let Who::Key(management_key) = app.key.clone() else { panic!("a key") };
    let mut visitor = Visitor::new(&app);

    let link = set_up(&mut visitor).await;
    let (revealable, plain) = by_the_api(&mut visitor).await;
    let (by_form, form_id) = by_the_console(&mut visitor).await;
    for secret in [&revealable, &plain, &by_form, &management_key] {
        wrong_doors(&mut visitor, secret).await;
    }
    by_routes(&mut visitor, &plain).await;
    by_targets(&mut visitor).await;
    look_around(&mut visitor, &form_id).await;
    let session = visitor.session();
    let mut seen = visitor.seen;
    seen.extend(tables(&app.pool).await);
    seen.push(Seen { name: "the log".to_owned(), text: log.text() });

    let canaries = [
        Canary::new("setup link", &link, &["page /setup?link"]),
        Canary::new("password", PASSWORD, &[]),
        Canary::new("wrong password", WRONG_PASSWORD, &[]),
        Canary::new("management key", &management_key, &[]),
        Canary::new("encryption key", &encryption_key, &[]),
        Canary::new("secret of a backend", BACKEND, &[]),
        Canary::new("refused secret of a backend", BACKEND_WRONG, &[]),
        Canary::new("credential of a target", TARGET, &[]),
        Canary::new("refused credential of a target", TARGET_WRONG, &[]),
        Canary::new("session", &session, &["cookie of "]),
        Canary::new("revealable token", &revealable, &["create revealable", "reveal"]),
        Canary::new("plain token", &plain, &["create plain"]),
        Canary::new("token of the form", &by_form, &["secret page"]),
        hash("hash of the revealable token", &revealable),
        hash("hash of the plain token", &plain),
        hash("hash of the management key", &management_key),
    ];
    let found: Vec<_> = canaries.iter().flat_map(|canary| canary.found_in(&seen)).collect();
    assert!(found.is_empty(), "{found:#?}");
    for canary in canaries {
        assert!(canary.is_shown(&seen), "the {} was not shown where it should be", canary.what);
    }
    // The log was captured at all, down to the finest level of ours.
    assert!(log.text().contains("answered"), "{}", log.text());
}

/// The first owner, with a wrong link first. Answers the right link.
async fn set_up(visitor: &mut Visitor<'_>) -> String {
    let caller = Caller::local(Actor::Clock);
    let link =
        service::user::create_setup_link(&visitor.app.service, &caller).await.expect("an answer");
    let link = link.expect("a link").expose().to_owned();
    visitor.page(&format!("/setup?link={link}")).await;
    let form = |link: &str| format!("link={link}&email={EMAIL}&password={PASSWORD}");
    visitor.form("create_owner", &form("nonsense")).await;
    visitor.form("create_owner", &form(&format!("{link}%00"))).await;
    visitor.form("create_owner", &form(&link)).await;
    visitor.form("create_owner", &form(&link)).await;
    visitor.form("sign_out", "").await;
    visitor.form("sign_in", &format!("email={EMAIL}&password={WRONG_PASSWORD}")).await;
    visitor.form("sign_in", &format!("email={EMAIL}&password={PASSWORD}")).await;
    link
}

async fn by_the_api(visitor: &mut Visitor<'_>) -> (String, String) {
    let team = visitor.app.team("platform").await;
    let body = |name: &str, revealable: bool| json!({ "name": name, "team_id": team, "scopes": ["images:read"], "revealable": revealable });
    let revealable = visitor
        .api("create revealable", "POST", "/api/tokens", Some(body("revealable", true)))
        .await;
    let plain =
        visitor.api("create plain", "POST", "/api/tokens", Some(body("plain", false))).await;
    for (made, reveals) in [(&revealable, "reveal"), (&plain, "no reveal")] {
        let path = format!("/api/tokens/{}", made.text_of("id"));
        visitor.api(reveals, "POST", &format!("{path}/reveal"), None).await;
        visitor.api(reveals, "GET", &format!("{path}/reveal"), None).await;
        visitor.api("get", "GET", &path, None).await;
        visitor.page(&format!("/tokens/{}", made.text_of("id"))).await;
    }
    // The name is taken now.
    visitor.api("create twice", "POST", "/api/tokens", Some(body("plain", false))).await;
    (revealable.text_of("token"), plain.text_of("token"))
}

/// A token of the console's form: its secret and its id.
async fn by_the_console(visitor: &mut Visitor<'_>) -> (String, String) {
    let teams = visitor.app.get("/api/teams").send().await.json();
    let team = crate::app::text(&teams["items"][0], "id");
    let form = format!(
        "name=by+form&team_id={team}&scopes=images&never_expires=true&idempotency_key=once"
    );
    let made = visitor.form("create_token", &form).await;
    let path = made.header("location").to_owned();
    let page = visitor.page_named("secret page", &path).await;
    let secret = page
        .text()
        .split("ntk_")
        .skip(1)
        .map(|rest| format!("ntk_{}", &rest[..43.min(rest.len())]));
    let secret = secret
        .into_iter()
        .find(|text| TokenSecret::parse(text).is_some())
        .expect("the secret on its page");
    // Once is once.
    visitor.page(&path).await;
    let id = path.split('/').nth(2).expect("an id").to_owned();
    (secret, id)
}

/// The secrets of backends, given by the API and by the form, and a token that is tried.
async fn by_routes(visitor: &mut Visitor<'_>, token: &str) {
    let bearer = json!({ "type": "bearer", "token": BACKEND });
    let body = json!({ "path": "/api/image", "backend_url": "https://images.example", "auth": bearer, "deliver_secret": true });
    let made = visitor.api("create route", "POST", "/api/routes", Some(body.clone())).await;
    visitor.api("create route twice", "POST", "/api/routes", Some(body)).await;
    let path = format!("/api/routes/{}", made.text_of("id"));
    let auth = json!({ "type": "basic", "username": BACKEND, "password": BACKEND });
    visitor.api("change route", "PATCH", &path, Some(json!({ "auth": auth }))).await;
    let misplaced = json!({ "auth": { "type": BACKEND_WRONG, "key": BACKEND_WRONG } });
    visitor.api("change route badly", "PATCH", &path, Some(misplaced)).await;
    let tried = json!({ "path": "/api/image", "token": token });
    visitor.api("try route", "POST", "/api/routes/test", Some(tried)).await;
    let broken = format!("{{\"path\":\"/a\",\"token\":\"{token}");
    visitor.raw("try route, broken", "/api/routes/test", &broken).await;

    let form = |path: &str, secret: &str| {
        format!(
            "path={path}&backend_url=https://x.example&auth=basic&username={secret}&password={secret}"
        )
    };
    visitor.form("create_route", &form("nonsense", BACKEND_WRONG)).await;
    visitor.page("/routes/new").await;
    visitor.form("create_route", &form("/by/form", BACKEND)).await;
    visitor.form("try_route", &format!("path=/api/image&token={token}")).await;
    visitor.page("/routes/test").await;
    visitor.form("try_route", &format!("path=&token={token}")).await;
    for page in
        ["/routes/test".to_owned(), "/routes".to_owned(), format!("/routes/{}", made.text_of("id"))]
    {
        visitor.page(&page).await;
    }
    visitor.api("list", "GET", "/api/routes", None).await;
}

/// The credentials of targets, given by the API: kept, changed, tried, and misplaced.
async fn by_targets(visitor: &mut Visitor<'_>) {
    let bucket = |secret: &str| json!({ "endpoint": "http://127.0.0.1:9", "bucket": "mirror", "access_key": secret, "secret_key": secret });
    let body = json!({ "name": "edge", "kind": "s3", "settings": bucket(TARGET) });
    visitor.api("create mirror", "POST", "/api/mirrors", Some(body.clone())).await;
    visitor.api("create mirror twice", "POST", "/api/mirrors", Some(body)).await;
    let misplaced = json!({ "name": TARGET_WRONG, "kind": TARGET_WRONG, "settings": { "bucket": TARGET_WRONG, "url": TARGET_WRONG } });
    visitor.api("create mirror badly", "POST", "/api/mirrors", Some(misplaced)).await;
    let refused =
        json!({ "name": "other", "kind": "s3", "settings": bucket(&format!("{TARGET_WRONG} ")) });
    visitor.api("create mirror, refused", "POST", "/api/mirrors", Some(refused)).await;
    let path = "/api/mirrors/edge";
    let anew = json!({ "settings": { "region": "eu-1", "secret_key": TARGET } });
    visitor.api("change mirror", "PATCH", path, Some(anew)).await;
    let broken = format!("{{\"settings\":{{\"secret_key\":\"{TARGET_WRONG}");
    visitor.raw("create mirror, broken", "/api/mirrors", &broken).await;
    let tried = json!({ "kind": "s3", "settings": bucket(TARGET) });
    visitor.api("probe mirror", "POST", "/api/mirrors/test", Some(tried)).await;
    visitor.api("probe kept mirror", "POST", &format!("{path}/test"), None).await;
    visitor.api("get mirror", "GET", path, None).await;
    visitor.api("list mirrors", "GET", "/api/mirrors", None).await;
    let form = |deed: &str, name: &str, secret: &str| {
        format!(
            "deed={deed}&name={name}&kind=s3&endpoint=http://127.0.0.1:7&bucket=mirror&access_key={secret}&secret_key={secret}"
        )
    };
    visitor.form("create_mirror", &form("", "Not a name", TARGET_WRONG)).await;
    visitor.page("/mirrors/new?kind=s3").await;
    visitor.form("create_mirror", &form("try", "tried", TARGET)).await;
    visitor.page("/mirrors/new?kind=s3").await;
    visitor.form("create_mirror", &form("", "by-form", TARGET)).await;
    let elsewhere = format!(
        "name=edge&version=2&endpoint=http://127.0.0.1:6&bucket=mirror&secret_key={TARGET_WRONG}"
    );
    visitor.form("change_mirror", &elsewhere).await;
    visitor.form("probe_mirror", "name=edge").await;
    for page in ["/mirrors/edge/target", "/mirrors/edge", "/mirrors"] {
        visitor.page(page).await;
    }
    visitor.form("delete_mirror", "name=by-form").await;
}

/// The secret where it does not belong.
async fn wrong_doors(visitor: &mut Visitor<'_>, secret: &str) {
    visitor.verify(secret).await;
    visitor.verify(&format!("{secret}\u{0}")).await;
    visitor.verify(&format!("{secret}=")).await;
    visitor.raw("verify, broken", "/api/verify", &format!("{{\"token\":\"{secret}")).await;
    visitor.raw("verify, a list", "/api/verify", &format!("{{\"token\":[\"{secret}\"]}}")).await;
    visitor.raw("verify, a field", "/api/verify", &format!("{{\"{secret}\":1}}")).await;
    visitor.raw("team", "/api/teams", &format!("{{\"{secret}\":\"{secret}\"}}")).await;
    for path in ["/verify", "/api/tokens", "/api/teams", "/tokens", "/sign-in", "/nothing"] {
        visitor
            .bearer(
                "in a query",
                &format!("{path}?token={secret}&cursor={secret}&scope={secret}%20"),
                secret,
            )
            .await;
    }
    for path in ["/tokens", "/api/tokens", "/fn", "/pkg", ""] {
        visitor.bearer("in a path", &format!("{path}/{secret}"), secret).await;
    }
    visitor.bearer("as a key", "/api/tokens", &secret[..40]).await;
    visitor.form("reveal_token", &format!("id={secret}")).await;
    visitor.form("revoke_token", &format!("id={secret}")).await;
    visitor
        .form("create_token", &format!("name=a&team_id={secret}&scopes=%00&expires_days={secret}"))
        .await;
}

async fn look_around(visitor: &mut Visitor<'_>, id: &str) {
    for path in [
        "/",
        "/tokens",
        "/tokens/new",
        "/teams",
        "/mirrors",
        "/audit",
        "/settings",
        "/sign-in",
        "/setup",
        "/nothing",
    ] {
        visitor.page(path).await;
    }
    visitor.page(&format!("/tokens/{id}")).await;
    for path in ["/api/tokens", "/api/teams", "/api/audit", "/api/openapi.json", "/readyz"] {
        visitor.api("list", "GET", path, None).await;
    }
}

/// Every row of every table, as text.
async fn tables(pool: &PgPool) -> Vec<Seen> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(pool)
            .await
            .expect("the tables");
    let mut seen = Vec::new();
    for name in names {
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT t::text FROM {name} t")))
                .fetch_all(pool)
                .await
                .expect("its rows");
        seen.push(Seen { name: format!("table {name}"), text: rows.join("\n") });
    }
    seen
}
