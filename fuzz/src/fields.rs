//! What header fields say about a token: which one it is, for which scopes, and on which path; and whose child the request is.

use crate::doors::fields::{bearer, offered, required_scopes, route, verify_key};
use crate::doors::parent::Parent;
use domain::token::Scopes;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The fields, each by the letter that begins its lines.
const FIELDS: [(u8, HeaderName); 7] = [
    (b'k', HeaderName::from_static("x-api-key")),
    (b'a', http::header::AUTHORIZATION),
    (b's', HeaderName::from_static("x-required-scopes")),
    (b'f', HeaderName::from_static("x-forwarded-uri")),
    (b'o', HeaderName::from_static("x-original-uri")),
    (b'v', HeaderName::from_static("x-verify-key")),
    (b't', HeaderName::from_static("traceparent")),
];
/// A scope that no line asks for by chance.
const ONE_MORE: &str = "never:asked-for";

/// Lines of any bytes, each of them a field: its letter, then its value.
pub fn check(bytes: &[u8]) {
    let sent = bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let (letter, value) = line.split_first()?;
        let (_, name) = FIELDS.into_iter().find(|(of, _)| of == letter)?;
        Some((name, HeaderValue::from_bytes(value).ok()?))
    });
    let sent = Sent(sent.collect());
    sent.check_token();
    sent.check_scopes();
    sent.check_route();
    sent.check_parent();
}

struct Sent(Vec<(HeaderName, HeaderValue)>);

impl Sent {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.0 {
            headers.append(name.clone(), value.clone());
        }
        headers
    }

    /// The values of the fields of a letter, in their order.
    fn all(&self, letter: u8) -> impl Iterator<Item = &HeaderValue> {
        let name = FIELDS.into_iter().find(|(of, _)| *of == letter).map(|(_, name)| name);
        self.0.iter().filter(move |(of, _)| Some(of) == name.as_ref()).map(|(_, value)| value)
    }

    /// The first of them, where it is visible ASCII, spaces and tabs.
    fn first(&self, letter: u8) -> Option<&str> {
        let value = self.all(letter).next()?;
        let text = value.as_bytes().iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        text.then(|| std::str::from_utf8(value.as_bytes()).expect("ASCII"))
    }

    fn check_token(&self) {
        let headers = self.headers();
        let by_the_book = self.first(b'k').or_else(|| {
            let authorization = self.first(b'a')?;
            let (scheme, rest) = (authorization.get(..6)?, authorization.get(6..)?);
            let rest = rest.strip_prefix(' ')?;
            (scheme.to_lowercase() == "bearer").then(|| rest.trim_matches([' ', '\t']))
        });
        assert_eq!(offered(&headers), by_the_book, "{:?}", self.0);
        assert_eq!(verify_key(&headers), self.first(b'v'), "{:?}", self.0);
        // What is sent as a bearer by the scheme of another is none.
        if let Some(text) = self.first(b'a') {
            assert!(bearer(&format!("x{text}")).is_none(), "{text}");
            assert_eq!(bearer(&format!("bEARER {text}")), Some(text.trim_matches([' ', '\t'])));
        }
    }

    /// What is wanted can grow by what somebody sends, and never shrink: each line stays as it is, whatever stands beside it.
    fn check_scopes(&self) {
        let headers = self.headers();
        let wanted = required_scopes(&headers);
        let read = |wanted: &[String]| Scopes::parse_wanted(wanted.iter().map(String::as_str));
        for line in self.all(b's') {
            let Ok(text) = line.to_str() else {
                assert!(read(&wanted).is_err(), "nobody has what cannot be read: {:?}", self.0);
                continue;
            };
            for scope in text.split(|c: char| c == ',' || c.is_ascii_whitespace()) {
                assert!(wanted.iter().any(|wanted| wanted == scope), "{scope} of {:?}", self.0);
            }
        }
        let mut more = headers.clone();
        more.append(FIELDS[2].1.clone(), HeaderValue::from_static(ONE_MORE));
        let more = required_scopes(&more);
        assert_eq!(more[..wanted.len()], wanted);
        assert_eq!(more[wanted.len()..], [ONE_MORE]);
        if let (Ok(wanted), Ok(more)) = (read(&wanted), read(&more)) {
            assert!(wanted.iter().all(|scope| more.contains(scope)));
            assert!(more.iter().any(|scope| scope.as_str() == ONE_MORE));
        }
    }

    /// A path is the beginning of what a proxy sent, without the query, where secrets are.
    fn check_route(&self) {
        let sent = self.first(b'f').or_else(|| self.first(b'o'));
        let headers = self.headers();
        let route = route(&headers);
        assert_eq!(route.is_some(), sent.is_some(), "{:?}", self.0);
        let Some((route, sent)) = route.zip(sent) else { return };
        assert!(!route.contains(['?', '#']), "{route}");
        let rest = sent.strip_prefix(route).expect("a beginning");
        assert!(rest.is_empty() || rest.starts_with(['?', '#']), "{rest}");
    }

    /// A parent is what the recommendation says one is, and two are none.
    fn check_parent(&self) {
        let parent = Parent::of(&self.headers()).map(|parent| {
            let context = parent.context();
            let (trace, span) = (context.trace_id().to_bytes(), context.span_id().to_bytes());
            (u128::from_be_bytes(trace), u64::from_be_bytes(span), parent.sampled)
        });
        let mut sent = self.all(b't');
        let one = sent.next().filter(|_| sent.next().is_none());
        let by_the_book = one.and_then(|one| traceparent(one.to_str().ok()?));
        assert_eq!(parent, by_the_book, "{:?}", self.0);
    }
}

/// Trace, span, and whether it is recorded (W3C Trace Context, section 3.2), field by field.
fn traceparent(text: &str) -> Option<(u128, u64, bool)> {
    let mut fields = text.split('-');
    let mut number = |digits: usize| {
        let field = fields.next()?;
        let lower = field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (lower && field.len() == digits).then(|| u128::from_str_radix(field, 16).ok())?
    };
    let (version, trace) = (number(2)?, number(32)?);
    let (span, flags) = (u64::try_from(number(16)?).ok()?, number(2)?);
    // What a later version has more is behind one more dash.
    let more = fields.next().is_some();
    let good = version != 255 && trace != 0 && span != 0 && !(more && version == 0);
    good.then_some((trace, span, flags % 2 == 1))
}
