//! Traces, as a collector gets them from the built program. [`collector`] is one.

#[path = "traces/collector.rs"]
mod collector;

use crate::program::Program;
use crate::server::{STOP_MAX, Server, free_address, program, start};
use collector::{Collector, Exported};
use domain::token::TokenSecret;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::io::Read as _;
use std::net::TcpListener;
use tempfile::NamedTempFile;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
/// What may be in no span, each where a careless exporter would find it.
const IN_QUERY: &str = "canary-in-the-query";
const IN_STATE: &str = "canary-in-the-state";
const IN_AGENT: &str = "canary-in-the-agent";
const IN_PATH: &str = "canary-in-the-path";
const FOR_COLLECTOR: &str = "canary-for-the-collector";

/// A server that is traced, and its log.
struct Traced {
    server: Server,
    log: NamedTempFile,
}

impl Traced {
    fn start(database: &PgConnectOptions, endpoint: &str, more: &[(&str, &str)]) -> Self {
        let address = free_address();
        let log = NamedTempFile::new().expect("a file");
        let mut program = program(database, address)
            .env("TOKENKEEP_LOG", "info,server::http=debug")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
            .env("OTEL_EXPORTER_OTLP_HEADERS", &format!("x-collector-key={FOR_COLLECTOR}"));
        for (name, value) in more {
            program = program.env(name, value);
        }
        program.command.stderr(log.reopen().expect("the file"));
        Self { server: start(program, address), log }
    }

    /// Stops it in time, and answers what it logged.
    fn stop(mut self) -> String {
        let (good, time) = self.server.stop();
        assert!(good && time < STOP_MAX, "{time:?}");
        let mut text = String::new();
        self.log.read_to_string(&mut text).expect("its log");
        text
    }
}

fn management_key(database: &PgConnectOptions) -> String {
    let done = Program::new(&["admin", "api-key", "--name", "traces"]).database(database).run();
    assert!(done.good, "{}", done.err);
    done.out.trim().to_owned()
}

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{CALLER}-{flags}")
}

/// The JSON of an answer's body.
fn body(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).unwrap_or_else(|_| panic!("JSON: {answer}"))
}

/// Makes a token by the API, as part of the caller's trace; answers its id and its secret.
fn create_token(server: &Server, key: &str) -> (String, String) {
    let (bearer, parent) = (format!("Bearer {key}"), traceparent("01"));
    let json = ("content-type", "application/json");
    let headers = [
        ("authorization", bearer.as_str()),
        json,
        ("traceparent", parent.as_str()),
        ("tracestate", &format!("a={IN_STATE}")),
    ];
    let team = body(&server.ask("POST", "/api/teams", &headers, r#"{"name":"Payments"}"#));
    let team = team["id"].as_str().expect("a team");
    let token =
        format!(r#"{{"name":"one","team_id":"{team}","scopes":["read"],"expires_days":30}}"#);
    let answer = server.ask("POST", "/api/tokens", &headers, &token);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let created = body(&answer);
    let text = |name: &str| created[name].as_str().expect("text").to_owned();
    (text("id"), text("token"))
}

fn verify(server: &Server, path: &str, secret: &str, flags: &str) -> String {
    let (bearer, parent) = (format!("Bearer {secret}"), traceparent(flags));
    let headers = [
        ("authorization", bearer.as_str()),
        ("traceparent", parent.as_str()),
        ("tracestate", &format!("a={IN_STATE}")),
        ("user-agent", IN_AGENT),
    ];
    server.ask("GET", path, &headers, "")
}

#[track_caller]
fn assert_request(span: &Span, method: &str, route: &str, status: i64) {
    assert_eq!(span.name, format!("{method} {route}"));
    assert_eq!(span.kind, i32::from(SpanKind::Server));
    let text = |name: &str| collector::text(span, name);
    assert_eq!(text("http.request.method").as_deref(), Some(method));
    assert_eq!(text("http.route").as_deref(), Some(route));
    assert_eq!(text("url.path").as_deref(), Some(route));
    assert_eq!(text("url.scheme").as_deref(), Some("http"));
    assert_eq!(text("server.address").as_deref(), Some("127.0.0.1"));
    assert_eq!(text("network.protocol.version").as_deref(), Some("1.1"));
    assert_eq!(collector::number(span, "http.response.status_code"), Some(status));
}

#[sqlx::test(migrations = false)]
async fn a_request_is_a_span_of_its_callers_trace(_: PgPoolOptions, database: PgConnectOptions) {
    let collector = Collector::start();
    let key = management_key(&database);
    let name = ("OTEL_SERVICE_NAME", "tokens-of-a-test");
    let traced = Traced::start(&database, &collector.endpoint(), &[name]);
    let (id, secret) = create_token(&traced.server, &key);
    let path = format!("/verify?scopes=read&{IN_QUERY}");
    assert!(verify(&traced.server, &path, &secret, "01").starts_with("HTTP/1.1 204"));
    assert!(verify(&traced.server, &format!("/verify/{IN_PATH}"), &secret, "01").contains(" 200 "));
    // Answered once the change has reached memory.
    let (path, bearer) = (format!("/api/tokens/{id}/revoke?wait=true"), format!("Bearer {key}"));
    let revoked = traced.server.ask("POST", &path, &[("authorization", &bearer)], "");
    assert!(revoked.starts_with("HTTP/1.1 200"), "{revoked}");
    let log = traced.stop();

    let exported = collector.exported();
    let spans = exported.spans();
    let create = exported.named("POST /api/tokens");
    assert_request(create, "POST", "/api/tokens", 201);
    let plain = exported.named("GET /verify");
    assert_request(plain, "GET", "/verify", 204);
    assert_request(exported.named("GET /verify/{*path}"), "GET", "/verify/{*path}", 200);
    for span in [create, plain] {
        assert_eq!(collector::hex(&span.trace_id), TRACE);
        assert_eq!(collector::hex(&span.parent_span_id), CALLER);
        assert_eq!(span.trace_state, "");
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    // What was written for it hangs below it.
    let of_it = |span: &Span| collector::text(span, "tokenkeep.event");
    let transaction = spans.iter().find(|span| of_it(span).as_deref() == Some("token_created"));
    let transaction = transaction.expect("the transaction");
    assert_eq!(transaction.parent_span_id, create.span_id);
    assert_eq!(transaction.kind, i32::from(SpanKind::Client));
    assert_eq!(collector::text(transaction, "db.system.name").as_deref(), Some("postgresql"));
    // The look that brought the token into memory is a trace of its own.
    let look = spans.iter().find(|span| span.name == "look").expect("a look");
    assert!(look.parent_span_id.is_empty());
    assert_eq!(collector::number(look, "tokenkeep.tokens"), Some(1));
    let revoke = exported.named("POST /api/tokens/{id}/revoke");
    assert!(revoke.parent_span_id.is_empty() && collector::hex(&revoke.trace_id) != TRACE);

    assert_eq!(exported.resource("service.name").as_deref(), Some("tokens-of-a-test"));
    assert!(exported.resource("service.instance.id").is_some());
    assert_eq!(exported.keys(), [FOR_COLLECTOR]);
    // From the log to the trace, and back.
    let id = collector::text(create, "tokenkeep.request_id").expect("its id");
    let line = log.lines().find(|line| line.contains(&id)).expect("its line");
    assert!(line.contains(&format!("trace_id={TRACE}")), "{line}");
    assert_no_canary(&exported, &log, &secret, &key);
}

#[track_caller]
fn assert_no_canary(exported: &Exported, log: &str, secret: &str, key: &str) {
    let hash = TokenSecret::parse(secret).expect("a secret").hash();
    let digits = collector::hex(hash.bytes());
    let texts = [secret, key, &digits, IN_QUERY, IN_STATE, IN_AGENT, IN_PATH, FOR_COLLECTOR];
    let secrets = texts.iter().map(|text| text.as_bytes()).chain([hash.bytes().as_slice()]);
    for canary in secrets {
        let found = exported.bytes().windows(canary.len()).any(|window| window == canary);
        assert!(!found, "{}", String::from_utf8_lossy(canary));
    }
    for text in texts {
        assert!(!log.contains(text), "{text}");
    }
}

#[sqlx::test(migrations = false)]
async fn what_a_parent_does_not_record_is_not_recorded(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let collector = Collector::start();
    let traced = Traced::start(&database, &collector.endpoint(), &[]);
    assert!(verify(&traced.server, "/verify", "nonsense", "00").starts_with("HTTP/1.1 401"));
    assert!(verify(&traced.server, "/healthz", "nonsense", "00").starts_with("HTTP/1.1 200"));
    // What was found nowhere has no pattern, and its path is not told.
    assert!(traced.server.get(&format!("/api/{IN_PATH}")).starts_with("HTTP/1.1 404"));
    let log = traced.stop();
    let exported = collector.exported();
    let requests = exported.spans().into_iter().filter(|span| span.name != "look");
    let requests: Vec<_> = requests.map(|span| span.name.clone()).collect();
    assert_eq!(requests, ["GET"]);
    assert_eq!(collector::text(exported.named("GET"), "http.route"), None);
    assert!(!String::from_utf8_lossy(exported.bytes()).contains(IN_PATH));
    assert!(!log.contains(TRACE), "{log}");
}

#[sqlx::test(migrations = false)]
async fn a_failure_of_ours_is_an_error(_: PgPoolOptions, database: PgConnectOptions) {
    let collector = Collector::start();
    let bearer = format!("Bearer {}", management_key(&database));
    let traced = Traced::start(&database, &collector.endpoint(), &[]);
    let mut connection =
        <sqlx::PgConnection as sqlx::Connection>::connect_with(&database).await.expect("connected");
    sqlx::query("ALTER TABLE sessions RENAME TO gone")
        .execute(&mut connection)
        .await
        .expect("gone");
    sqlx::query("ALTER TABLE management_keys RENAME TO gone_too")
        .execute(&mut connection)
        .await
        .expect("gone");
    let answer = traced.server.ask("GET", "/api/tokens", &[("authorization", &bearer)], "");
    let status = answer.split(' ').nth(1).expect("a status").to_owned();
    traced.stop();
    let exported = collector.exported();
    let span = exported.named("GET /api/tokens");
    assert!(status.starts_with('5'), "{answer}");
    assert_eq!(collector::text(span, "error.type"), Some(status));
    assert_eq!(span.status.as_ref().map(|status| status.code), Some(StatusCode::Error.into()));
}

#[sqlx::test(migrations = false)]
async fn nothing_is_exported_when_it_is_disabled(_: PgPoolOptions, database: PgConnectOptions) {
    let collector = Collector::start();
    let traced = Traced::start(&database, &collector.endpoint(), &[("OTEL_SDK_DISABLED", "true")]);
    assert!(verify(&traced.server, "/verify", "nonsense", "01").starts_with("HTTP/1.1 401"));
    assert!(traced.server.get("/healthz").starts_with("HTTP/1.1 200"));
    let log = traced.stop();
    assert!(collector.exported().bytes().is_empty());
    assert!(!log.contains("trace_id"), "{log}");
}

/// How often the log says that traces are let go.
fn complaints(log: &str) -> usize {
    log.lines().filter(|line| line.contains("traces cannot be delivered")).count()
}

#[sqlx::test(migrations = false)]
async fn without_a_collector_it_answers_and_stops_in_time(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let traced = Traced::start(&database, &format!("http://{}", free_address()), &[]);
    // More than one request takes, so that it is tried more than once.
    for _ in 0..600 {
        assert!(verify(&traced.server, "/verify", "nonsense", "01").starts_with("HTTP/1.1 401"));
    }
    let log = traced.stop();
    assert_eq!(complaints(&log), 1, "{log}");
    assert!(!log.contains(FOR_COLLECTOR), "{log}");
}

#[sqlx::test(migrations = false)]
async fn a_collector_that_never_answers_keeps_nobody(_: PgPoolOptions, database: PgConnectOptions) {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", silent.local_addr().expect("its address"));
    let traced = Traced::start(&database, &endpoint, &[]);
    for _ in 0..600 {
        assert!(verify(&traced.server, "/verify", "nonsense", "01").starts_with("HTTP/1.1 401"));
    }
    assert!(traced.stop().contains("the last spans could not be delivered in time"));
}

#[sqlx::test(migrations = false)]
async fn a_collector_that_refuses_is_told_of_by_its_status(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let collector = Collector::refusing();
    let traced = Traced::start(&database, &collector.endpoint(), &[]);
    assert!(traced.server.get("/healthz").starts_with("HTTP/1.1 200"));
    let log = traced.stop();
    assert_eq!(complaints(&log), 1, "{log}");
    assert!(log.contains("401") && !log.contains(FOR_COLLECTOR), "{log}");
}
