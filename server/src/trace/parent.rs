//! Whose child a request is: the header `traceparent` (W3C Trace Context, section 3.2), and nothing else of what comes with it. `tracestate` and
//! baggage are texts of strangers and go nowhere.

use http::{HeaderMap, HeaderName};
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// `00-<32 digits>-<16 digits>-<2 digits>`.
const LENGTH: usize = 55;

/// A span of somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The trace that it is part of.
    pub trace: TraceId,
    span: SpanId,
    /// Whether its trace is recorded.
    pub sampled: bool,
}

impl Parent {
    /// The parent that a request names. Two are none, as is one that cannot be read. Takes no memory.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut given = headers.get_all(TRACEPARENT).iter();
        let parent = Self::parse(given.next()?.as_bytes())?;
        given.next().is_none().then_some(parent)
    }

    /// Reads the header's value. Of a version after the first only what the first has is looked at.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (known, more) = text.split_at_checked(LENGTH)?;
        let [version] = hex(&known[..2])?;
        let good = version != 0xff && (more.is_empty() || (version > 0 && more[0] == b'-'));
        let dashes = [2, 35, 52].iter().all(|at| known[*at] == b'-');
        let trace = TraceId::from_bytes(hex(&known[3..35])?);
        let span = SpanId::from_bytes(hex(&known[36..52])?);
        let [flags] = hex(&known[53..])?;
        let there = trace != TraceId::INVALID && span != SpanId::INVALID;
        (good && dashes && there).then_some(Self { trace, span, sampled: flags & 1 == 1 })
    }

    /// The same, for a span to be its child.
    pub fn context(self) -> SpanContext {
        let flags = TraceFlags::default().with_sampled(self.sampled);
        SpanContext::new(self.trace, self.span, flags, true, TraceState::NONE)
    }
}

/// Bytes written in lower-case digits, two each.
fn hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    (text.len() == 2 * N).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn parse(text: &str) -> Option<Parent> {
        Parent::parse(text.as_bytes())
    }

    #[test]
    fn the_example_of_the_recommendation_is_read() {
        let parent = parse(GOOD).expect("a parent");
        assert_eq!(parent.trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(parent.span.to_string(), "00f067aa0ba902b7");
        assert!(parent.sampled && parent.context().is_remote());
        assert!(!parse(&GOOD.replace("-01", "-02")).expect("a parent").sampled);
    }

    #[test]
    fn a_later_version_may_say_more_and_the_first_may_not() {
        assert_eq!(parse(&format!("cc{}-what", &GOOD[2..])), parse(GOOD));
        assert_eq!(parse(&format!("cc{}", &GOOD[2..])), parse(GOOD));
        assert_eq!(parse(&format!("cc{}.what", &GOOD[2..])), None);
        assert_eq!(parse(&format!("{GOOD}-what")), None);
        assert_eq!(parse(&format!("ff{}", &GOOD[2..])), None);
    }

    #[test]
    fn what_is_not_of_the_form_is_none() {
        let none = |text: &str| assert_eq!(parse(text), None, "{text}");
        none("");
        none(&GOOD[..54]);
        none(&GOOD.to_uppercase());
        none(&GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)));
        none(&GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)));
        for at in 0..LENGTH {
            let mut text = GOOD.to_owned();
            text.replace_range(at..=at, "+");
            none(&text);
        }
    }

    #[test]
    fn two_headers_are_none() {
        let mut headers = HeaderMap::new();
        let value = http::HeaderValue::from_static(GOOD);
        headers.append(TRACEPARENT, value.clone());
        assert_eq!(Parent::of(&headers), parse(GOOD));
        headers.append(TRACEPARENT, value);
        assert_eq!(Parent::of(&headers), None);
    }
}
