//! What the API does on a bad day.

use super::server::{TOKEN, settings};
use super::{key, list, object};
use crate::outside::misbehaving::{Does, Misbehaving};
use crate::outside::{IMPATIENT, is};
use domain::mirror::FailureClass;
use storage::{Kv, KvSettings, Storage as _};

fn place(server: &Misbehaving) -> Kv {
    let settings = settings(&format!("{}/client/v4", server.address));
    Kv::new(KvSettings { patience: IMPATIENT, ..settings }).expect("a client")
}

#[tokio::test]
async fn each_answer_has_its_class() {
    let no_header = r#"{"success":false,"errors":[{"code":6003,"message":"cf-token-of-the-tests-0123456789"}],"result":null}"#;
    let failed = r#"{"success":false,"errors":[{"code":10013,"message":"x"}],"result":null}"#;
    for (does, class) in [
        (Does::Says(500, "", ""), FailureClass::Transient),
        (Does::Says(502, "", "<html>"), FailureClass::Transient),
        (Does::Says(429, "", ""), FailureClass::Transient),
        (Does::Says(401, "", ""), FailureClass::Denied),
        (Does::Says(403, "", "{}"), FailureClass::Denied),
        (Does::Says(400, "", no_header), FailureClass::Denied),
        (Does::Says(400, "", "{}"), FailureClass::Broken),
        (Does::Says(404, "", failed), FailureClass::Broken),
        (Does::Says(302, "Location: http://127.0.0.1:1/\r\n", ""), FailureClass::Broken),
        (Does::Nothing, FailureClass::Transient),
        (Does::Cuts, FailureClass::Transient),
    ] {
        let server = Misbehaving::start([does]).await;
        let place = place(&server);
        let refused = [
            list(&place, "tokens").await.map(drop),
            place.get(&key("tokens/a.json")).await.map(drop),
            place.put(vec![object("tokens/a.json", "one")]).await,
            place.delete(vec![key("tokens/a.json")]).await,
        ];
        for refused in refused {
            is(&refused.expect_err("it fails"), class, &[TOKEN]);
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_cloudflares_is_broken() {
    for body in ["", "<html>a proxy's page</html>", r#"{"success":false,"errors":[]}"#, "[]"] {
        let server = Misbehaving::start([Does::Says(200, "", body.to_owned().leak())]).await;
        let place = place(&server);
        let refused = [
            list(&place, "tokens").await.map(drop),
            place.put(vec![object("tokens/a.json", "one")]).await,
            place.delete(vec![key("tokens/a.json")]).await,
        ];
        for refused in refused {
            is(&refused.expect_err("it fails"), FailureClass::Broken, &[TOKEN]);
        }
    }
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_kept() {
    let limited = r#"{"success":false,"errors":[{"code":971,"message":"x"}],"result":null}"#;
    let server = Misbehaving::start([Does::Says(429, "Retry-After: 120\r\n", limited)]).await;
    let place = place(&server);
    let refused = place.put(vec![object("tokens/a.json", "one")]).await.expect_err("limited");
    assert_eq!(refused.why, "Cloudflare's error 971 (HTTP 429)");
    let refused = list(&place, "tokens").await.expect_err("too early");
    is(&refused, FailureClass::Transient, &[TOKEN]);
    assert_eq!(refused.why, "it asked to wait, 120 s more");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn an_endless_listing_ends() {
    let page = r#"{"success":true,"result":[],"result_info":{"count":0,"cursor":"again"}}"#;
    let server = Misbehaving::start([Does::Says(200, "", page)]).await;
    let refused = list(&place(&server), "tokens").await.expect_err("endless");
    is(&refused, FailureClass::Broken, &[TOKEN]);
    assert_eq!(server.asked().len(), 2);
}
