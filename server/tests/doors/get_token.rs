//! `GET /api/tokens/{id}`.

use crate::app::{TestApp, text};
use insta::assert_snapshot;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn a_token_without_its_secret(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let got = app.get(&format!("/api/tokens/{}", text(&made, "id"))).send().await;
    assert_snapshot!(got.shown());
    assert!(!got.text().contains(&text(&made, "token")));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_there_is_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for id in ["00000000-0000-0000-0000-000000000000", "1", "nonsense", "%00", "%FF", "..%2Fteams"]
    {
        let answer = app.get(&format!("/api/tokens/{id}")).send().await;
        assert_eq!(answer.problem(), "404 not_found", "{id}");
    }
    assert_snapshot!(app.get("/api/tokens/nonsense").send().await.shown());
}
