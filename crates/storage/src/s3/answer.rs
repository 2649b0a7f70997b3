//! What a server says: a page of a listing, what could not be deleted, and why it refuses.

use super::xml::Element;
use crate::http::{Answer, class};
use crate::{Error, Result};
use domain::mirror::{Digest, FailureClass};

/// A page of a listing (`ListBucketResult` of `ListObjectsV2`).
pub(super) struct Page {
    /// Its lines.
    pub objects: Vec<Found>,
    /// What asks for the next page.
    pub next: Option<String>,
}

/// A line of a listing.
pub(super) struct Found {
    /// With our prefix.
    pub path: String,
    /// As the server wrote it.
    pub etag: Option<String>,
}

impl Found {
    /// What the ETag may be the MD5 of.
    pub(super) fn md5(&self) -> Option<Digest> {
        self.etag.as_deref().and_then(etag)
    }
}

impl Page {
    /// Reads a page; `None` when it is none. A page that says there are more and not how to ask for them is none: half a listing would look
    /// like missing objects.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let list = Element::read(body).filter(|root| root.name() == "ListBucketResult")?;
        let encoded = list.text("EncodingType") == Some("url");
        let found = |line: &Element| {
            let key = line.text("Key")?;
            let path = if encoded { decode(key) } else { key.to_owned() };
            Some(Found { path, etag: line.text("ETag").map(str::to_owned) })
        };
        let objects = list.all("Contents").map(found).collect::<Option<Vec<_>>>()?;
        let truncated = list.text("IsTruncated") == Some("true");
        let next = list.text("NextContinuationToken").filter(|token| !token.is_empty());
        match (truncated, next) {
            (true, None) => None,
            (true, Some(token)) => Some(Self { objects, next: Some(token.to_owned()) }),
            (false, _) => Some(Self { objects, next: None }),
        }
    }
}

/// The MD5 that an ETag may be: 32 hex digits in quotes. Of several parts it has a hyphen, and is none.
pub(super) fn etag(text: &str) -> Option<Digest> {
    let hex = text.trim_matches('"');
    let mut md5 = [0; 16];
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in md5.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Digest::told(&md5)
}

/// The body that asks to delete keys; ours need no escape in XML.
pub(super) fn delete_request(paths: impl Iterator<Item = String>) -> Vec<u8> {
    let objects: String = paths.map(|path| format!("<Object><Key>{path}</Key></Object>")).collect();
    format!(
        "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>{objects}</Delete>"
    )
    .into_bytes()
}

/// Whether all were deleted: the answer names those that were not.
pub(super) fn deleted(body: &[u8], what: &str) -> Result<()> {
    let result = Element::read(body).filter(|root| root.name() == "DeleteResult");
    let Some(result) = result else {
        return Err(Error::broken(what, "the answer is no list of what was deleted"));
    };
    let refused: Vec<_> =
        result.all("Error").filter(|error| error.text("Code") != Some("NoSuchKey")).collect();
    let Some(first) = refused.first() else { return Ok(()) };
    let code = first.text("Code").and_then(word).unwrap_or("no reason");
    let class = class_of(code).unwrap_or(FailureClass::Broken);
    let why = format!("{} were not deleted: {code}", refused.len());
    Err(Error { class, what: what.to_owned(), why })
}

/// Why a server refuses.
pub(super) struct Refusal {
    code: Option<String>,
    status: reqwest::StatusCode,
    /// The region that the bucket is in, where the server says that it is another.
    region: Option<String>,
}

impl Refusal {
    /// Of an answer that is no success.
    pub(super) fn of(answer: &Answer) -> Self {
        let body = answer.body.as_deref().filter(|_| !answer.status.is_success());
        let error = body.and_then(Element::read).filter(|root| root.name() == "Error");
        let said = |name| error.as_ref().and_then(|error| error.text(name)).and_then(word);
        let header = answer.headers.get("x-amz-bucket-region").and_then(|v| v.to_str().ok());
        Self {
            code: said("Code").map(str::to_owned),
            status: answer.status,
            region: said("Region").or_else(|| header.and_then(word)).map(str::to_owned),
        }
    }

    /// Whether it says that code.
    pub(super) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// As an error: the code and the status, and never the message, which may repeat what was sent.
    pub(super) fn error(&self, what: impl Into<String>) -> Error {
        let code = self.code.as_deref();
        let class = code.and_then(class_of).unwrap_or_else(|| class(self.status));
        let status = self.status.as_u16();
        let mut why = match code {
            Some(code) => format!("{code} (HTTP {status})"),
            None => format!("HTTP {status}"),
        };
        if let Some(region) = self.region.as_ref().filter(|_| matches!(status, 301 | 307 | 400)) {
            why = format!("{why}; the bucket's region is {region}");
        }
        Error { class, what: what.into(), why }
    }
}

/// What a code means, where its status does not say it or there is none.
fn class_of(code: &str) -> Option<FailureClass> {
    match code {
        "SlowDown"
        | "InternalError"
        | "ServiceUnavailable"
        | "RequestTimeout"
        | "Busy"
        | "OperationAborted"
        | "TooManyRequests"
        | "ThrottlingException" => Some(FailureClass::Transient),
        "AccessDenied"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "InvalidToken"
        | "RequestTimeTooSkewed"
        | "AllAccessDisabled" => Some(FailureClass::Denied),
        _ => None,
    }
}

/// A text that is one plain word: nothing else of an answer is repeated.
fn word(text: &str) -> Option<&str> {
    let plain = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    plain.then_some(text)
}

/// Undoes the percent-encoding of a key in a listing, in which a space is a plus.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let hex = tail.get(..2).filter(|_| first == b'%').and_then(|hex| str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => bytes.push(if first == b'+' { b' ' } else { first }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_of_one_part_is_an_md5() {
        let digest = Digest::told(&[0xab; 16]);
        assert_eq!(etag(&format!("\"{}\"", "ab".repeat(16))), digest);
        for other in ["", "\"ab-2\"", &format!("\"{}-12\"", "ab".repeat(16)), &"zz".repeat(16)] {
            assert_eq!(etag(other), None, "{other}");
        }
    }

    #[test]
    fn a_page_without_its_rest_is_none() {
        let page = |more: &str| {
            let text = format!(
                "<ListBucketResult><EncodingType>url</EncodingType>{more}\
                 <Contents><Key>tokens/a+b%C3%A4.json</Key></Contents></ListBucketResult>"
            );
            Page::read(text.as_bytes())
        };
        let last = page("<IsTruncated>false</IsTruncated>").expect("the last page");
        assert_eq!((last.objects[0].path.as_str(), last.next), ("tokens/a bä.json", None));
        assert!(page("<IsTruncated>true</IsTruncated>").is_none());
        let token =
            "<IsTruncated>true</IsTruncated><NextContinuationToken>x=</NextContinuationToken>";
        assert_eq!(page(token).and_then(|page| page.next).as_deref(), Some("x="));
    }

    #[test]
    fn what_could_not_be_deleted_is_counted_and_has_its_class() {
        let one = |code: &str| format!("<Error><Key>k</Key><Code>{code}</Code></Error>");
        let class = |errors: &str| {
            let body = format!("<DeleteResult>{errors}</DeleteResult>");
            deleted(body.as_bytes(), "delete").map_err(|error| (error.class, error.why))
        };
        assert_eq!(class(""), Ok(()));
        assert_eq!(class(&one("NoSuchKey")), Ok(()));
        let two = one("AccessDenied") + &one("AccessDenied");
        let why = "2 were not deleted: AccessDenied".to_owned();
        assert_eq!(class(&two), Err((FailureClass::Denied, why)));
        assert!(matches!(class(&one("SlowDown")), Err((FailureClass::Transient, _))));
        assert!(matches!(class(&one("Odd <&>")), Err((FailureClass::Broken, _))));
    }
}
