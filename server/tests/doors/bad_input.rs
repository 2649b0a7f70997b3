//! The line "Bad input" of the contract, word for word, through the API: a clear refusal on its field, and nothing is made.

use crate::app::TestApp;
use serde_json::{Value, json};
use sqlx::PgPool;

/// A body of `POST /api/tokens`, what is changed in it, and the refusal.
fn table() -> Vec<(&'static str, Value, &'static str)> {
    let long = |characters: usize| "é".repeat(characters);
    vec![
        ("a name that is empty", json!({ "name": "" }), "422 empty name"),
        ("a name of spaces", json!({ "name": " \t\n " }), "422 empty name"),
        ("a name that is null", json!({ "name": null }), "400 body_malformed name"),
        ("a name over 255 characters", json!({ "name": long(256) }), "422 too_long name"),
        ("a name with NUL", json!({ "name": "a\u{0}b" }), "422 control_character name"),
        ("a name of two lines", json!({ "name": "a\nb" }), "422 control_character name"),
        (
            "a name that turns text around",
            json!({ "name": "a\u{202e}b" }),
            "422 control_character name",
        ),
        (
            "a description over 500 characters",
            json!({ "description": long(501) }),
            "422 too_long description",
        ),
        (
            "a description with NUL",
            json!({ "description": "a\u{0}" }),
            "422 control_character description",
        ),
        ("no scope", json!({ "scopes": [] }), "422 scopes_empty scopes"),
        ("scopes of nothing", json!({ "scopes": ["", " "] }), "422 scopes_empty scopes"),
        ("scopes that are no list", json!({ "scopes": "images" }), "400 body_malformed scopes"),
        ("bad scope grammar", json!({ "scopes": ["images read"] }), "422 scope_invalid scopes"),
        (
            "a star in the middle",
            json!({ "scopes": ["images:*:read"] }),
            "422 scope_invalid scopes",
        ),
        ("a scope with NUL", json!({ "scopes": ["a\u{0}"] }), "422 scope_invalid scopes"),
        (
            "a scope over 100 characters",
            json!({ "scopes": ["a".repeat(101)] }),
            "422 scope_invalid scopes",
        ),
        (
            "51 scopes",
            json!({ "scopes": (0..51).map(|n| format!("s{n}")).collect::<Vec<_>>() }),
            "422 scopes_too_many scopes",
        ),
        ("no day", json!({ "expires_days": 0 }), "422 expires_days_range expires_days"),
        ("a negative day", json!({ "expires_days": -1 }), "422 expires_days_range expires_days"),
        ("3651 days", json!({ "expires_days": 3651 }), "422 expires_days_range expires_days"),
        ("half a day", json!({ "expires_days": 0.5 }), "422 expires_days_range expires_days"),
        (
            "too many days for a number",
            json!({ "expires_days": u64::MAX }),
            "422 expires_days_range expires_days",
        ),
        (
            "days in words",
            json!({ "expires_days": "seven" }),
            "422 expires_days_range expires_days",
        ),
        (
            "an expiry in the past",
            json!({ "expires_at": "2026-11-22T09:59:59Z" }),
            "422 expires_in_past expires_at",
        ),
        (
            "an expiry right now",
            json!({ "expires_at": "2026-11-22T10:00:00Z" }),
            "422 expires_in_past expires_at",
        ),
        (
            "an expiry in eleven years",
            json!({ "expires_at": "2037-11-22T10:00:00Z" }),
            "422 expires_days_range expires_at",
        ),
        (
            "an expiry in words",
            json!({ "expires_at": "tomorrow" }),
            "422 expires_at_invalid expires_at",
        ),
        (
            "an expiry without its offset",
            json!({ "expires_at": "2027-01-01T00:00:00" }),
            "422 expires_at_invalid expires_at",
        ),
        (
            "an expiry twice",
            json!({ "expires_days": 1, "expires_at": "2027-01-01T00:00:00Z" }),
            "422 expires_twice expires_at",
        ),
        (
            "an unknown team",
            json!({ "team_id": "00000000-0000-0000-0000-000000000000" }),
            "422 team_unknown team_id",
        ),
        ("a team that is no id", json!({ "team_id": "platform" }), "422 team_unknown team_id"),
        ("a duplicate name in the team", json!({ "name": "TAKEN" }), "409 name_taken name"),
        ("a field that there is not", json!({ "colour": "red" }), "400 body_malformed"),
        ("a yes that is no yes", json!({ "revealable": "yes" }), "400 body_malformed revealable"),
    ]
}

async fn count(app: &TestApp) -> (i64, i64) {
    sqlx::query_as("SELECT (SELECT count(*) FROM tokens), (SELECT count(*) FROM audit_events)")
        .fetch_one(&app.pool)
        .await
        .expect("counts")
}

#[sqlx::test(migrations = "../migrations")]
async fn each_is_refused_on_its_field_and_makes_nothing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    app.token(&team, "taken").await;
    let before = count(&app).await;
    for (what, change, problem) in table() {
        let mut body = json!({ "name": "import", "team_id": team, "scopes": ["images"] });
        for (field, value) in change.as_object().expect("fields") {
            body[field] = value.clone();
        }
        let answer = app.post("/api/tokens").json(&body).await;
        assert_eq!(answer.problem(), problem, "{what}");
    }
    assert_eq!(count(&app).await, before);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_just_good_is_taken(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    for (what, change) in [
        ("255 characters", json!({ "name": "é".repeat(255) })),
        (
            "500 characters in two lines",
            json!({ "name": "b", "description": format!("{}\n{}", "é".repeat(250), "é".repeat(249)) }),
        ),
        ("one day", json!({ "name": "c", "expires_days": 1 })),
        ("3650 days", json!({ "name": "d", "expires_days": 3650 })),
        (
            "a microsecond from now",
            json!({ "name": "e", "expires_at": "2026-11-22T10:00:00.000001Z" }),
        ),
        (
            "50 scopes",
            json!({ "name": "f", "scopes": (0..50).map(|n| format!("s{n}")).collect::<Vec<_>>() }),
        ),
        ("a scope of 100 characters", json!({ "name": "g", "scopes": ["a".repeat(100)] })),
        ("a name in Chinese", json!({ "name": "令牌" })),
    ] {
        let mut body = json!({ "name": "a", "team_id": team, "scopes": ["images"] });
        for (field, value) in change.as_object().expect("fields") {
            body[field] = value.clone();
        }
        let answer = app.post("/api/tokens").json(&body).await;
        assert_eq!(answer.status, 201, "{what}: {}", answer.text());
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_idempotency_key_is_judged(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = json!({ "name": "a", "team_id": app.team("platform").await, "scopes": ["*"] });
    for key in ["", &"a".repeat(256), "tab\there"] {
        let answer = app.post("/api/tokens").header("idempotency-key", key).json(&body).await;
        assert_eq!(answer.problem(), "400 idempotency_key_invalid", "{key:?}");
    }
}
