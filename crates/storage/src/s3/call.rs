//! One request to the bucket, signed and sent; and the bucket, made when it is absent.

use super::answer::Refusal;
use super::sign::{Signed, Signing};
use super::{ANSWER_MAX, Bucket};
use crate::http::{Answer, encode};
use crate::{Error, Result};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use time::OffsetDateTime;

/// A request, before it is signed.
pub(super) struct Call<'a> {
    pub method: Method,
    /// Below the bucket; empty is the bucket itself.
    pub path: &'a str,
    /// In the order of their names.
    pub query: Vec<(&'static str, String)>,
    /// In lower case.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Call<'_> {
    /// One to the bucket, with nothing in it.
    pub(super) const fn of(method: Method) -> Self {
        Self { method, path: "", query: Vec::new(), headers: Vec::new(), body: Vec::new() }
    }

    /// The query as it is sent and signed: sorted, with everything but unreserved characters encoded.
    fn query(&self) -> String {
        let mut pairs: Vec<_> =
            self.query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        pairs.sort();
        pairs.join("&")
    }
}

impl Bucket {
    /// Sends a request, and reads at most `most` bytes of its answer.
    pub(super) async fn send(&self, what: &str, call: &Call<'_>, most: usize) -> Result<Answer> {
        let request = self.request(what, call)?;
        self.http.send(what, request, most).await
    }

    /// The same; if the bucket is absent, it is made, and the request is sent again.
    pub(super) async fn send_making(
        &self,
        what: &str,
        call: &Call<'_>,
        most: usize,
    ) -> Result<Answer> {
        let answer = self.send(what, call, most).await?;
        if !Refusal::of(&answer).is("NoSuchBucket") {
            return Ok(answer);
        }
        self.make().await?;
        self.send(what, call, most).await
    }

    async fn make(&self) -> Result<()> {
        let what = format!("make the bucket {}", self.settings.bucket);
        let region = self.settings.region.as_str();
        // The first region has no name here; `auto` is R2's, which chooses.
        let body = match region {
            "us-east-1" | "auto" => Vec::new(),
            _ => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            )
            .into_bytes(),
        };
        let call = Call { body, ..Call::of(Method::PUT) };
        let answer = self.send(&what, &call, ANSWER_MAX).await?;
        let refusal = Refusal::of(&answer);
        // Another instance, or another put of ours, was faster.
        if answer.status.is_success() || refusal.is("BucketAlreadyOwnedByYou") {
            return Ok(());
        }
        Err(refusal.error(what))
    }

    fn request(&self, what: &str, call: &Call<'_>) -> Result<Request> {
        let unfit = |_| Error::broken(what, "it cannot be written as a request");
        let path = match call.path {
            "" => format!("/{}", self.settings.bucket),
            below => format!("/{}/{}", self.settings.bucket, encode_path(below)),
        };
        let query = call.query();
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}{path}{mark}{query}", self.settings.endpoint);
        let mut request =
            Request::new(call.method.clone(), Url::parse(&url).map_err(|_| unfit(()))?);
        let Signed { authorization, headers } = self.signing().sign(&Signing {
            method: call.method.as_str(),
            host: &self.settings.endpoint.authority(),
            path: &path,
            query: &query,
            headers: &call.headers,
            body: &call.body,
        });
        for (name, value) in headers {
            let value = HeaderValue::from_str(&value).map_err(|_| unfit(()))?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        let mut value = HeaderValue::from_str(&authorization).map_err(|_| unfit(()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(reqwest::header::AUTHORIZATION, value);
        *request.body_mut() = Some(call.body.clone().into());
        Ok(request)
    }

    fn signing(&self) -> super::sign::Key<'_> {
        #[expect(clippy::disallowed_methods, reason = "the server compares it with its own clock")]
        let at = OffsetDateTime::now_utc();
        super::sign::Key {
            id: &self.settings.access_key,
            secret: &self.settings.secret_key,
            region: &self.settings.region,
            at,
        }
    }
}

/// Every segment of a path, encoded.
fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}
