//! What good servers do not do on demand.

use super::servers::{ACCESS, SECRET, settings};
use super::{key, list, object};
use crate::outside::misbehaving::{Does, Misbehaving};
use crate::outside::{IMPATIENT, is};
use domain::mirror::FailureClass;
use storage::{S3, S3Settings, Step, Storage as _};

fn place(server: &Misbehaving) -> S3 {
    let settings = settings(&server.address, "mirror");
    S3::new(S3Settings { patience: IMPATIENT, ..settings }).expect("a client")
}

/// Every operation fails, with that class.
async fn every_operation_is(does: Does, class: FailureClass) {
    let server = Misbehaving::start([does]).await;
    let place = place(&server);
    let refused = [
        list(&place, "tokens").await.map(drop),
        place.get(&key("tokens/a.json")).await.map(drop),
        place.put(vec![object("tokens/a.json", "one"), object("tokens/b.json", "two")]).await,
        place.delete(vec![key("tokens/a.json")]).await,
    ];
    for refused in refused {
        is(&refused.expect_err("it fails"), class, &[ACCESS, SECRET]);
    }
}

#[tokio::test]
async fn each_answer_has_its_class() {
    let slow_down = "<Error><Code>SlowDown</Code><Message>x</Message></Error>";
    let leaky =
        "<Error><Code>InvalidAccessKeyId</Code><Message>AKIATOKENKEEPTESTKEY?</Message></Error>";
    for (does, class) in [
        (Does::Says(500, "", ""), FailureClass::Transient),
        (Does::Says(503, "", slow_down), FailureClass::Transient),
        (Does::Says(429, "", ""), FailureClass::Transient),
        (Does::Says(401, "", ""), FailureClass::Denied),
        (Does::Says(403, "", leaky), FailureClass::Denied),
        (Does::Says(400, "", "not xml"), FailureClass::Broken),
        (Does::Says(200, "", "<html>a proxy's page</html>"), FailureClass::Broken),
        (Does::Nothing, FailureClass::Transient),
        (Does::Cuts, FailureClass::Transient),
    ] {
        // A put or a get that is answered by some page with 200 is not to be told from a good one.
        if let Does::Says(200, ..) = does {
            let server = Misbehaving::start([does]).await;
            let refused = list(&place(&server), "tokens").await.expect_err("no listing");
            is(&refused, class, &[ACCESS, SECRET]);
        } else {
            every_operation_is(does, class).await;
        }
    }
}

#[tokio::test]
async fn a_probe_says_which_step_failed_and_deletes_what_it_wrote() {
    let good = || Does::Says(200, "", "<DeleteResult/>");
    let denied = || Does::Says(403, "", "");
    for (does, step, class, asked) in [
        (vec![denied(), good()], Step::Write, FailureClass::Denied, "POST /mirror?delete="),
        (vec![good(), denied(), good()], Step::Read, FailureClass::Denied, "POST /mirror?delete="),
        (vec![good(), good()], Step::Read, FailureClass::Broken, "POST /mirror?delete="),
        (
            vec![good(), Does::Says(404, "", ""), good()],
            Step::Read,
            FailureClass::Transient,
            "POST /mirror?delete=",
        ),
    ] {
        let server = Misbehaving::start(does).await;
        let unfit = place(&server).probe().await.expect_err("it fails");
        assert_eq!(unfit.step, step, "{unfit}");
        is(&unfit.error, class, &[ACCESS, SECRET]);
        let last = server.asked().last().expect("it was asked").clone();
        assert!(last.starts_with(asked), "{last}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_tells_the_region() {
    let elsewhere = Misbehaving::start([Does::Says(200, "", "")]).await;
    let location: &'static str =
        format!("Location: {}/mirror\r\nx-amz-bucket-region: eu-west-3\r\n", elsewhere.address)
            .leak();
    let server = Misbehaving::start([Does::Says(301, location, "")]).await;
    let refused = list(&place(&server), "tokens").await.expect_err("elsewhere");
    is(&refused, FailureClass::Broken, &[ACCESS, SECRET]);
    assert_eq!(refused.why, "HTTP 301; the bucket's region is eu-west-3");
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_kept() {
    let server = Misbehaving::start([Does::Says(503, "Retry-After: 60\r\n", "")]).await;
    let place = place(&server);
    list(&place, "tokens").await.expect_err("busy");
    let refused = list(&place, "tokens").await.expect_err("too early");
    is(&refused, FailureClass::Transient, &[ACCESS, SECRET]);
    assert_eq!(refused.why, "it asked to wait, 60 s more");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn half_a_bulk_delete_is_told_and_repeated() {
    let half = "<DeleteResult><Error><Key>tokens/b.json</Key><Code>InternalError</Code></Error></DeleteResult>";
    let server =
        Misbehaving::start([Does::Says(200, "", half), Does::Says(200, "", "<DeleteResult/>")])
            .await;
    let (place, keys) = (place(&server), vec![key("tokens/a.json"), key("tokens/b.json")]);
    let refused = place.delete(keys.clone()).await.expect_err("half");
    is(&refused, FailureClass::Transient, &[ACCESS, SECRET]);
    assert_eq!(
        refused.to_string(),
        "delete tokens/a.json and 1 more: 1 were not deleted: InternalError"
    );
    place.delete(keys).await.expect("the rest");
}

#[tokio::test]
async fn a_server_without_bulk_deletes_deletes_one_by_one() {
    let server = Misbehaving::start([Does::Says(501, "", ""), Does::Says(204, "", "")]).await;
    let keys = vec![key("tokens/a.json"), key("tokens/b.json")];
    place(&server).delete(keys).await.expect("deleted");
    let mut asked = server.asked();
    asked.sort();
    assert_eq!(
        asked,
        [
            "DELETE /mirror/tokens/a.json HTTP/1.1",
            "DELETE /mirror/tokens/b.json HTTP/1.1",
            "POST /mirror?delete= HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn etags_that_are_no_md5_are_found_out_and_objects_are_read() {
    let page = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>tokens/a.json</Key>\
                <ETag>&quot;abababababababababababababababab&quot;</ETag></Contents></ListBucketResult>";
    let other = page.replace("abab", "cdcd").leak();
    // The first listing reads an object to learn it, and then all; the second knows them by their ETags; the third finds another.
    let server = Misbehaving::start([
        Does::Says(200, "", page),
        Does::Says(200, "", "one"),
        Does::Says(200, "", "one"),
        Does::Says(200, "", page),
        Does::Says(200, "", other),
        Does::Says(200, "", "two"),
    ])
    .await;
    let place = place(&server);
    for (asked, bytes) in [(3, b"one"), (4, b"one"), (6, b"two")] {
        assert_eq!(super::listed(&place).await, [super::found(&place, "tokens/a.json", bytes)]);
        assert_eq!(server.asked().len(), asked);
    }
}

#[tokio::test]
async fn what_was_read_stays_known_when_a_listing_fails() {
    let page = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>tokens/a.json</Key>\
                <ETag>&quot;abababababababababababababababab&quot;</ETag></Contents></ListBucketResult>";
    let server = Misbehaving::start([
        Does::Says(200, "", page),
        Does::Says(200, "", "one"),
        Does::Says(200, "", "one"),
        Does::Says(500, "", ""),
        Does::Says(200, "", page),
    ])
    .await;
    let place = place(&server);
    super::listed(&place).await;
    list(&place, "tokens").await.expect_err("it fails");
    assert_eq!(super::listed(&place).await, [super::found(&place, "tokens/a.json", b"one")]);
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn half_a_listing_is_no_listing() {
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
    let server = Misbehaving::start([Does::Says(200, "", page)]).await;
    let refused = list(&place(&server), "tokens").await.expect_err("half");
    is(&refused, FailureClass::Broken, &[ACCESS, SECRET]);
}

#[tokio::test]
async fn an_endless_listing_ends() {
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>";
    let server = Misbehaving::start([Does::Says(200, "", page)]).await;
    let refused = list(&place(&server), "tokens").await.expect_err("endless");
    is(&refused, FailureClass::Broken, &[ACCESS, SECRET]);
    assert_eq!(server.asked().len(), 2);
}
