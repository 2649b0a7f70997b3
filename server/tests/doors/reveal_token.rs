//! `POST` and `GET /api/tokens/{id}/reveal`.

use crate::app::{TestApp, Who, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;
use vault::Sealer;

async fn revealable(app: &TestApp) -> (String, String) {
    let made = app.token(&app.team("platform").await, "import").await;
    (format!("/api/tokens/{}/reveal", text(&made, "id")), text(&made, "token"))
}

#[sqlx::test(migrations = "../migrations")]
async fn the_secret_is_shown_by_post_and_by_get(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (path, secret) = revealable(&app).await;
    for shown in [app.post(&path).send().await, app.get(&path).send().await] {
        assert_eq!(shown.text_of("token"), secret);
        assert_eq!(shown.header("cache-control"), "no-store");
    }
    assert_snapshot!(app.post(&path).send().await.shown());
    let log = app.get("/api/audit").send().await.json();
    let reveals = log["items"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["action"] == "token_revealed")
        .count();
    assert_eq!(reveals, 3);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cookie_does_not_reveal_by_get(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    let (path, secret) = revealable(&app).await;
    assert_snapshot!(app.get(&path).by(&session).send().await.shown());
    // A link, an image or a prefetch could be what sent it; a POST was checked for its origin.
    let shown = app.post(&path).by(&session).send().await;
    assert_eq!(shown.text_of("token"), secret);
}

/// Why that token is not revealed.
async fn reveal(app: &TestApp, id: &str) -> String {
    app.post(&format!("/api/tokens/{id}/reveal")).send().await.problem()
}

#[sqlx::test(migrations = "../migrations")]
async fn why_a_token_is_not_shown(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let team = app.team("platform").await;
    let plain = json!({ "name": "plain", "team_id": team, "scopes": ["*"] });
    let plain = app.post("/api/tokens").json(&plain).await.text_of("id");
    let made = app.token(&team, "import").await;
    let made = text(&made, "id");
    assert_eq!(reveal(&app, &plain).await, "409 not_revealable");
    let off = app.restarted(None).await;
    assert_eq!(reveal(&off, &made).await, "409 reveal_off");
    let lost = app.restarted(Some(&Sealer::generate_key())).await;
    assert_eq!(reveal(&lost, &made).await, "409 sealed_with_lost_key");
    app.post(&format!("/api/tokens/{made}/revoke")).send().await;
    assert_eq!(reveal(&app, &made).await, "409 already_ended");
    assert_eq!(reveal(&app, "00000000-0000-0000-0000-000000000000").await, "404 not_found");
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_and_the_token_itself_reveal_nothing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (path, secret) = revealable(&app).await;
    for who in [Who::Nobody, Who::Key(secret)] {
        for method in [Method::GET, Method::POST] {
            let answer = app.ask(method, &path).by(&who).send().await;
            assert_eq!(answer.problem(), "401 unauthenticated");
        }
    }
}
