//! The JSON of an answer: byte for byte what serde writes of a [`VerifyAnswer`], in a fraction of its time. A batch writes a thousand of them.

use domain::OffsetDateTime;
use domain::token::Scopes;
use std::io::Write as _;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use wire::verify::VerifyAnswer;

/// What the answer about a known token usually fits in, in bytes.
pub(super) const USUAL: usize = 384;

/// Writes an answer's JSON behind what is there.
pub(super) fn put_answer(json: &mut Vec<u8>, answer: &VerifyAnswer<'_>) {
    let VerifyAnswer {
        valid,
        code,
        token_id,
        team_id,
        name,
        scopes,
        expires_at,
        retry_after_seconds,
        uses_left,
    } = answer;
    json.extend_from_slice(if *valid {
        br#"{"valid":true,"code":"#
    } else {
        br#"{"valid":false,"code":"#
    });
    put_text(json, code);
    json.extend_from_slice(br#","token_id":"#);
    put(json, token_id.as_ref(), put_id);
    json.extend_from_slice(br#","team_id":"#);
    put(json, team_id.as_ref(), put_id);
    json.extend_from_slice(br#","name":"#);
    put(json, *name, put_text);
    json.extend_from_slice(br#","scopes":"#);
    put(json, *scopes, put_scopes);
    json.extend_from_slice(br#","expires_at":"#);
    put(json, expires_at.as_ref(), put_instant);
    if let Some(seconds) = retry_after_seconds {
        let _ = write!(json, r#","retry_after_seconds":{seconds}"#);
    }
    if let Some(left) = uses_left {
        let _ = write!(json, r#","uses_left":{left}"#);
    }
    json.push(b'}');
}

fn put<T: ?Sized>(json: &mut Vec<u8>, some: Option<&T>, put: impl FnOnce(&mut Vec<u8>, &T)) {
    match some {
        Some(some) => put(json, some),
        None => json.extend_from_slice(b"null"),
    }
}

/// A text. What has nothing in it that JSON writes otherwise (RFC 8259, section 7) is copied.
fn put_text(json: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        json.push(b'"');
        json.extend_from_slice(text.as_bytes());
        json.push(b'"');
    } else {
        // Into memory everything can be written.
        let _ = serde_json::to_writer(json, text);
    }
}

fn put_id(json: &mut Vec<u8>, id: &Uuid) {
    let mut text = Uuid::encode_buffer();
    json.push(b'"');
    json.extend_from_slice(id.as_hyphenated().encode_lower(&mut text).as_bytes());
    json.push(b'"');
}

fn put_scopes(json: &mut Vec<u8>, scopes: &Scopes) {
    json.push(b'[');
    for (at, scope) in scopes.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        put_text(json, scope.as_str());
    }
    json.push(b']');
}

fn put_instant(json: &mut Vec<u8>, at: &OffsetDateTime) {
    let begin = json.len();
    json.push(b'"');
    if at.format_into(json, &Rfc3339).is_err() {
        // A year that RFC 3339 has not; the domain refuses such an expiry.
        json.truncate(begin);
        return json.extend_from_slice(b"null");
    }
    json.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn it_is_what_serde_writes() {
        let scopes = Scopes::parse(["images:*", "svc:1/a.b_c-d", "*"]).expect("scopes");
        let one = Scopes::parse(["a"]).expect("scopes");
        let names = [
            "image job",
            "",
            "\"quoted\" \\ back",
            "tab\tline\nbell\u{7}",
            "é 令牌 \u{1f600}",
            "\u{7f}\u{2028}",
        ];
        let instants = [
            datetime!(2027-02-20 10:00 UTC),
            datetime!(2027-02-20 10:00:01.5 UTC),
            datetime!(2027-02-20 10:00:01.123456 UTC),
            datetime!(9999-12-30 23:59:59 UTC),
        ];
        for (at, name) in names.into_iter().enumerate() {
            let answer = VerifyAnswer {
                valid: at % 2 == 0,
                code: "valid",
                token_id: Some(Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001)),
                team_id: (at != 1).then(|| Uuid::from_u128(u128::MAX)),
                name: Some(name),
                scopes: Some(if at == 2 { &one } else { &scopes }),
                expires_at: instants.get(at).copied(),
                retry_after_seconds: (at == 3).then_some(86_400),
                uses_left: (at == 4).then_some(u32::MAX),
            };
            assert_eq!(text(of(&answer)), text(serde_json::to_vec(&answer).expect("JSON")));
        }
        let unknown =
            VerifyAnswer::from(domain::verify::Verdict::NotKnown(domain::verify::Denial::Unknown));
        assert_eq!(text(of(&unknown)), text(serde_json::to_vec(&unknown).expect("JSON")));
    }

    fn of(answer: &VerifyAnswer<'_>) -> Vec<u8> {
        let mut json = Vec::new();
        put_answer(&mut json, answer);
        json
    }

    fn text(json: Vec<u8>) -> String {
        String::from_utf8(json).expect("UTF-8")
    }
}
