//! AWS Signature Version 4 in the `Authorization` header.
//!
//! Source: "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference. The tests have its examples.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use zeroize::Zeroizing;

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]");
const INSTANT: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// Who signs, where and when.
pub(super) struct Key<'a> {
    /// The access key's id.
    pub id: &'a str,
    /// The secret access key.
    pub secret: &'a str,
    /// The region.
    pub region: &'a str,
    /// Now, in UTC.
    pub at: OffsetDateTime,
}

/// What is signed.
pub(super) struct Signing<'a> {
    pub method: &'a str,
    /// What the header `Host` says.
    pub host: &'a str,
    /// As it is sent.
    pub path: &'a str,
    /// As it is sent: sorted and encoded.
    pub query: &'a str,
    /// Further headers, in lower case.
    pub headers: &'a [(&'static str, String)],
    pub body: &'a [u8],
}

/// What to send.
pub(super) struct Signed {
    /// The header `Authorization`.
    pub authorization: String,
    /// The others, but for `Host`.
    pub headers: Vec<(&'static str, String)>,
}

impl Key<'_> {
    /// Signs a request.
    pub(super) fn sign(&self, request: &Signing<'_>) -> Signed {
        let (day, instant) = (self.written(DAY), self.written(INSTANT));
        let payload = hex(&Sha256::digest(request.body));
        let mut headers = request.headers.to_vec();
        headers.push(("x-amz-content-sha256", payload.clone()));
        headers.push(("x-amz-date", instant.clone()));
        let mut all = headers.clone();
        all.push(("host", request.host.to_owned()));
        all.sort();
        let names = all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String =
            all.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let Signing { method, path, query, .. } = request;
        let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{payload}");
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let hashed = hex(&Sha256::digest(canonical));
        let text = format!("AWS4-HMAC-SHA256\n{instant}\n{scope}\n{hashed}");
        let signature = hex(&mac(&*self.derive(&day), &text));
        let id = self.id;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={id}/{scope},SignedHeaders={names},Signature={signature}"
        );
        Signed { authorization, headers }
    }

    /// The key of a day, a region and a service.
    fn derive(&self, day: &str) -> Zeroizing<[u8; 32]> {
        let secret = Zeroizing::new(format!("AWS4{}", self.secret));
        let mut key = Zeroizing::new(mac(secret.as_bytes(), day));
        for step in [self.region, "s3", "aws4_request"] {
            *key = mac(&*key, step);
        }
        key
    }

    fn written(&self, form: &[BorrowedFormatItem<'_>]) -> String {
        self.at.format(&form).expect("a date has all of these parts")
    }
}

fn mac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn signed(request: &Signing<'_>) -> Signed {
        let key = Key {
            id: "AKIAIOSFODNN7EXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            at: datetime!(2013-05-24 0:00 UTC),
        };
        key.sign(request)
    }

    fn request(path: &'static str, query: &'static str) -> Signing<'static> {
        let host = "examplebucket.s3.amazonaws.com";
        Signing { method: "GET", host, path, query, headers: &[], body: b"" }
    }

    #[test]
    fn the_documentations_examples() {
        let range = [("range", "bytes=0-9".to_owned())];
        let get = Signing { headers: &range, ..request("/test.txt", "") };
        assert_eq!(
            signed(&get).authorization,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        for (request, signature) in [
            (
                request("/", "max-keys=2&prefix=J"),
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            ),
            (
                request("/", "lifecycle="),
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
            ),
        ] {
            let Signed { authorization, .. } = signed(&request);
            assert!(authorization.ends_with(signature), "{authorization}");
        }
    }

    #[test]
    fn a_put_signs_its_body_and_its_headers() {
        let headers = [
            ("date", "Fri, 24 May 2013 00:00:00 GMT".to_owned()),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY".to_owned()),
        ];
        let put = Signing {
            method: "PUT",
            headers: &headers,
            body: b"Welcome to Amazon S3.",
            ..request("/test%24file.text", "")
        };
        let Signed { authorization, headers } = signed(&put);
        let signature = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
        assert!(authorization.ends_with(signature), "{authorization}");
        assert!(headers.contains(&("x-amz-date", "20130524T000000Z".to_owned())));
    }
}
