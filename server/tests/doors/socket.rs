//! What needs a socket: the caller's address in the log, and bytes that no request builder would send.

use crate::app::{TestApp, Who};
use sqlx::PgPool;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves the app, and says where.
async fn listen(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let service = app.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Sends bytes, and reads until the server has nothing more to say.
async fn talk(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(request).await.expect("written");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read");
    String::from_utf8_lossy(&answer).into_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_callers_address_is_in_the_log(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let Who::Key(key) = &app.key else { panic!("a key") };
    let body = r#"{"name":"platform"}"#;
    let request = format!(
        "POST /api/teams HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = talk(listen(&app).await, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let log = app.get("/api/audit").send().await.json();
    assert_eq!(log["items"][0]["origin"], "127.0.0.1");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_without_a_length_is_bounded_too(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let Who::Key(key) = &app.key else { panic!("a key") };
    let mut request = format!(
        "POST /api/teams HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    .into_bytes();
    let chunk = vec![b' '; 1024 * 1024 + 1];
    request.extend(format!("{:x}\r\n", chunk.len()).bytes());
    request.extend(chunk);
    request.extend(b"\r\n0\r\n\r\n");
    let answer = talk(listen(&app).await, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[sqlx::test(migrations = "../migrations")]
async fn bytes_that_are_no_request_are_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let address = listen(&app).await;
    for request in [
        b"GET /verify HTTP/1.1\r\nhost: localhost\r\nx-api-key: a\0b\r\n\r\n".as_slice(),
        b"GET /\xff\0 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"nonsense\r\n\r\n",
    ] {
        let answer = talk(address, request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_header_that_is_no_text_is_no_token(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let request = b"GET /verify HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-api-key: \xff\xfe\r\n\r\n";
    let answer = talk(listen(&app).await, request).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}
