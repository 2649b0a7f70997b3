//! Credentials in headers, in every combination of what a caller may get wrong: only a token that stands where it belongs is one.

use crate::app::{TestApp, text};
use http::Method;
use sqlx::PgPool;

async fn token(app: &TestApp) -> String {
    text(&app.token(&app.team("platform").await, "import").await, "token")
}

async fn status(app: &TestApp, headers: &[(&'static str, &str)]) -> u16 {
    let ask = app.ask(Method::GET, "/verify");
    let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
    ask.send().await.status.as_u16()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_bearer_is_the_scheme_then_blanks_then_the_token(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    let schemes = [("Bearer", true), ("bearer", true), ("BEARER", true), ("bEaReR", true)];
    let no_schemes = ["", "Basic", "Bear er", "Bearer:", "\"Bearer\"", "Bearer Bearer", " Bearer"];
    let between =
        [(" ", true), ("  ", true), ("", false), ("\t", false), (",", false), ("=", false)];
    let credentials = [
        (token.clone(), true),
        (format!("{token} "), true),
        (format!("{token}A"), false),
        (token[..token.len() - 1].to_owned(), false),
        (format!("\"{token}\""), false),
        (format!("{token},{token}"), false),
        (format!("{token} {token}"), false),
        (format!("token={token}"), false),
        (token.to_ascii_uppercase(), false),
        (String::new(), false),
    ];
    let schemes = schemes.into_iter().chain(no_schemes.map(|scheme| (scheme, false)));
    let mut good = 0;
    for (scheme, is_scheme) in schemes {
        for (blanks, are_blanks) in between {
            for (credential, is_token) in &credentials {
                let value = format!("{scheme}{blanks}{credential}");
                let expected = is_scheme && are_blanks && *is_token;
                let told = status(&app, &[("authorization", &value)]).await;
                assert_eq!(told, if expected { 204 } else { 401 }, "{value:?}");
                good += u32::from(expected);
            }
        }
    }
    assert_eq!(good, 16);
}

#[sqlx::test(migrations = "../migrations")]
async fn no_other_header_makes_a_token_good_or_bad(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    let bearer = format!("Bearer {token}");
    let others =
        ["x-forwarded-uri", "x-original-uri", "x-forwarded-for", "forwarded", "user-agent"];
    let values =
        ["", "?", "/%zz", "//[", "\"", "/a?b#c", "for=\"", "127.0.0.1", &"/".repeat(5_000)];
    for name in others {
        for value in values {
            assert_eq!(status(&app, &[("authorization", &bearer), (name, value)]).await, 204);
            assert_eq!(status(&app, &[(name, value)]).await, 401, "{name}: {value:?}");
            assert_eq!(status(&app, &[(name, &bearer)]).await, 401, "{name}");
        }
    }
    // The key header goes before the bearer, also where it is no good.
    for bad in ["", "nope", &*bearer] {
        let headers = [("x-api-key", bad), ("authorization", &*bearer)];
        assert_eq!(status(&app, &headers).await, 401, "{bad:?}");
    }
}
