//! Problem documents: their shape, and what no handler sees: paths, methods, sizes, types, broken text.

use crate::app::{TestApp, text};
use http::Method;
use insta::assert_snapshot;
use server::http::BODY_MAX;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn a_path_that_there_is_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_snapshot!(app.get("/api/nothing").send().await.shown());
    for path in [
        "/api/",
        "/api/tokens/",
        "/nothing",
        "/pkg/nothing.js",
        "/pkg/../secrets.js",
        "/.env",
        "/fn/nothing",
    ] {
        let answer = app.get(path).send().await;
        assert_eq!(answer.problem(), "404 not_found", "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_method_that_there_is_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_snapshot!(app.ask(Method::DELETE, "/api/tokens").by(&app.key).send().await.shown());
    for (method, path) in [
        (Method::PUT, "/api/teams"),
        (Method::GET, "/api/verify"),
        (Method::POST, "/healthz"),
        (Method::POST, "/api/audit"),
        (Method::PUT, "/api/tokens/1"),
    ] {
        let answer = app.ask(method.clone(), path).by(&app.key).send().await;
        assert_eq!(answer.problem(), "405 method_not_allowed", "{method} {path}");
        assert!(!answer.header("allow").is_empty(), "{method} {path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_over_one_mebibyte(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let with_length = |bytes: usize| {
        let frame = r#"{"name":"","description":""}"#;
        format!(r#"{{"name":"","description":"{}"}}"#, "a".repeat(bytes - frame.len()))
    };
    // One MiB is read, and refused for what it says; one byte more is not read.
    assert_eq!(
        app.post("/api/teams").raw_json(with_length(BODY_MAX)).await.problem(),
        "422 empty name"
    );
    let over = app.post("/api/teams").raw_json(with_length(BODY_MAX + 1)).await;
    assert_snapshot!(over.shown());
    let over = app.post("/api/verify").raw_json(with_length(BODY_MAX + 1)).await;
    assert_eq!(over.problem(), "413 body_too_large");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_form_of_the_console_over_one_mebibyte(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    let form = format!("name={}", "a".repeat(BODY_MAX));
    let over = app.post("/fn/create_team").by(&session).form(&form).await;
    assert_eq!(over.problem(), "413 body_too_large");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_type_that_we_do_not_read(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = br#"{"name":"platform"}"#;
    assert_snapshot!(app.post("/api/teams").bytes(body.to_vec()).await.shown());
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
        "application/json-patch+json",
    ] {
        let answer = app.post("/api/teams").header("content-type", kind).bytes(body.to_vec()).await;
        assert_eq!(answer.problem(), "415 content_type_unsupported", "{kind}");
    }
    for (name, kind) in
        ["application/json; charset=utf-8", "Application/JSON"].into_iter().enumerate()
    {
        let body = format!(r#"{{"name":"team {name}"}}"#);
        let answer =
            app.post("/api/teams").header("content-type", kind).bytes(body.into_bytes()).await;
        assert_eq!(answer.status, 201, "{kind}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_that_is_no_text_or_no_json(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for (body, problem) in [
        (b"{\"name\":\"\xff\"}".as_slice(), "400 utf8_invalid"),
        (b"{\"name\":\"\xed\xa0\x80\"}", "400 utf8_invalid"),
        (b"", "400 body_malformed"),
        (b"null", "400 body_malformed"),
        (b"{", "400 body_malformed"),
        (b"{\"name\":\"a\"} more", "400 body_malformed"),
        (b"{\"name\":\"a\",\"name\":\"b\"}", "400 body_malformed"),
        (b"{\"name\":\"a\0\"}", "400 body_malformed name"),
        (b"{\"name\":\"\\ud800\"}", "400 body_malformed name"),
        (b"\xef\xbb\xbf{\"name\":\"a\"}", "400 body_malformed"),
    ] {
        let answer = app.post("/api/teams").raw_json(body).await;
        assert_eq!(answer.problem(), problem, "{}", String::from_utf8_lossy(body));
    }
    let deep = "[".repeat(100_000);
    assert_eq!(app.post("/api/teams").raw_json(deep).await.problem(), "400 body_malformed");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_request_id_is_in_the_header_too(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.get("/api/tokens/nonsense").send().await;
    assert_eq!(answer.text_of("request_id"), answer.header("x-request-id"));
    assert!(uuid::Uuid::try_parse(answer.header("x-request-id")).is_ok());
    let good = app.get("/api/tokens").send().await;
    assert!(uuid::Uuid::try_parse(good.header("x-request-id")).is_ok());
    assert_ne!(good.header("x-request-id"), answer.header("x-request-id"));
}

#[sqlx::test(migrations = "../migrations")]
async fn every_refusal_of_a_body_at_once(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_snapshot!(app.post("/api/tokens").raw_json("{}").await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_problem_never_repeats_what_was_sent(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let secret = text(&made, "token");
    let answers = [
        app.get(&format!("/api/tokens/{secret}")).send().await,
        app.get(&format!("/api/tokens?cursor={secret}")).send().await,
        app.get(&format!("/api/tokens?{secret}=1")).send().await,
        app.get(&format!("/{secret}")).send().await,
        app.post("/api/teams").raw_json(format!(r#"{{"{secret}":1}}"#)).await,
        app.post("/api/teams").raw_json(format!(r#"{{"name":"{secret}"#)).await,
        app.post("/api/tokens")
            .header("idempotency-key", &format!("{secret}{}", "a".repeat(255)))
            .raw_json("{}")
            .await,
        app.post("/api/verify").raw_json(format!(r#"{{"token":["{secret}"]}}"#)).await,
    ];
    for answer in answers {
        assert!(answer.status.is_client_error(), "{}", answer.shown());
        assert!(!answer.text().contains(&secret), "{}", answer.text());
        assert!(!format!("{:?}", answer.headers).contains(&secret), "{:?}", answer.headers);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_a_caller_gets_the_requests_id(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.pool.close().await;
    assert_snapshot!(app.get("/api/tokens").send().await.shown());
}
