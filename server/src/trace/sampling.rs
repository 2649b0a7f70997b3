//! Which traces are recorded, decided at their head: before anything of a request is written down, and without memory.

use super::Parent;
use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    IdGenerator as _, RandomIdGenerator, SamplingDecision, SamplingResult, ShouldSample,
};

/// Which share of traces is recorded, by their id: whoever has the same share records the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(u64);

impl Share {
    /// Every trace.
    pub const ALL: Self = Self(1 << 63);
    /// None.
    pub const NONE: Self = Self(0);
    /// One in a hundred.
    pub const HUNDREDTH: Self = Self((1 << 63) / 100);

    /// From 0 to 1.
    pub fn parse(text: &str) -> Option<Self> {
        let share: f64 = text.trim().parse().ok()?;
        // What the last digits lose does not matter.
        (0.0..=1.0).contains(&share).then_some(Self((share * (1_u64 << 63) as f64) as u64))
    }

    /// Whether the trace is one of them. As OpenTelemetry's `TraceIdRatioBased` of this language decides.
    fn takes(self, trace: TraceId) -> bool {
        let [.., a, b, c, d, e, f, g, h] = trace.to_bytes();
        (u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1) < self.0
    }
}

/// What is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// Whether a request that is part of a trace already is recorded if that is.
    pub follows_parent: bool,
    /// Of the questions whether a token is good, of which there are many.
    pub verification: Share,
    /// Of everything else.
    pub rest: Share,
}

impl Default for Sampling {
    /// As the parent is; else everything but verification, and of that one in a hundred.
    fn default() -> Self {
        Self { follows_parent: true, verification: Share::HUNDREDTH, rest: Share::ALL }
    }
}

/// What was decided about a request; it holds for all that is done for it.
#[derive(Clone, Copy)]
struct Taken;

impl Sampling {
    /// Whether a request is recorded.
    pub fn takes(self, path: &str, parent: Option<&Parent>) -> bool {
        if let (true, Some(parent)) = (self.follows_parent, parent) {
            return parent.sampled;
        }
        let share = if is_verification(path) { self.verification } else { self.rest };
        share == Share::ALL
            || share.takes(
                parent.map_or_else(
                    || RandomIdGenerator::default().new_trace_id(),
                    |parent| parent.trace,
                ),
            )
    }

    /// What the span of a request that is recorded is below.
    pub fn context(parent: Option<Parent>) -> Context {
        let context = Context::new().with_value(Taken);
        match parent {
            Some(parent) => context.with_remote_span_context(parent.context()),
            None => context,
        }
    }

    /// Whether a span is recorded. Of a request it was decided before, see [`Self::takes`].
    fn records(self, below: Option<&Context>, trace: TraceId, kind: &SpanKind, told: bool) -> bool {
        if below.is_some_and(|context| context.get::<Taken>().is_some()) {
            return true;
        }
        if let Some(parent) = below.filter(|context| context.has_active_span()) {
            return parent.span().span_context().is_sampled();
        }
        // What is left are our own loops. A question to the database is part of something, or of a request that is not recorded; and a look that found
        // nothing tells nothing.
        *kind != SpanKind::Client && told && self.rest.takes(trace)
    }
}

impl ShouldSample for Sampling {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        _: &str,
        span_kind: &SpanKind,
        attributes: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let told = !attributes.is_empty();
        let records = self.records(parent_context, trace_id, span_kind, told);
        let decision =
            if records { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::NONE }
    }
}

fn is_verification(path: &str) -> bool {
    match path.strip_prefix("/verify") {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => matches!(path, "/api/verify" | "/api/verify/batch"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(sampled: bool, low: u64) -> Parent {
        let flags = u8::from(sampled);
        let text = format!("00-0000000000000001{low:016x}-00f067aa0ba902b7-{flags:02x}");
        Parent::parse(text.as_bytes()).expect("a parent")
    }

    #[test]
    fn a_parent_decides_where_it_is_followed() {
        let none = Sampling { follows_parent: true, verification: Share::NONE, rest: Share::NONE };
        assert!(none.takes("/api/tokens", Some(&parent(true, 0))));
        assert!(!none.takes("/api/tokens", Some(&parent(false, 0))));
        let all = Sampling { follows_parent: false, verification: Share::ALL, rest: Share::ALL };
        assert!(all.takes("/verify", Some(&parent(false, u64::MAX))));
    }

    #[test]
    fn a_share_is_of_the_ids() {
        let half = Share::parse("0.5").expect("a share");
        let half = Sampling { follows_parent: false, verification: half, rest: half };
        assert!(half.takes("/verify", Some(&parent(false, u64::MAX / 2))));
        assert!(!half.takes("/verify", Some(&parent(true, u64::MAX / 2 + 1))));
        let taken = (0..1_000).filter(|_| half.takes("/verify/a", None)).count();
        assert!((300..700).contains(&taken), "{taken}");
    }

    #[test]
    fn by_default_verification_is_one_in_a_hundred_and_the_rest_whole() {
        let default = Sampling::default();
        let count = |path| (0..10_000).filter(|_| default.takes(path, None)).count();
        for path in ["/verify", "/verify/a/b", "/api/verify", "/api/verify/batch"] {
            assert!((20..300).contains(&count(path)), "{path}");
        }
        for path in ["/", "/verifying", "/api/tokens", "/api/verify/self-revoke"] {
            assert_eq!(count(path), 10_000, "{path}");
        }
    }

    #[test]
    fn a_share_is_from_0_to_1() {
        assert_eq!(Share::parse("1"), Some(Share::ALL));
        assert_eq!(Share::parse("0.0"), Some(Share::NONE));
        for text in ["", "-0.1", "1.1", "NaN", "inf", "half"] {
            assert_eq!(Share::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_question_to_the_database_begins_no_trace_and_a_loop_does_when_it_tells_something() {
        let (all, trace) = (Sampling::default(), TraceId::from_bytes([1; 16]));
        let records = |below: &Context, kind, told| all.records(Some(below), trace, &kind, told);
        let nothing = Context::new();
        assert!(!records(&nothing, SpanKind::Client, true));
        assert!(!records(&nothing, SpanKind::Internal, false));
        assert!(records(&nothing, SpanKind::Internal, true));
        let request = Sampling::context(Some(parent(false, 0)));
        assert!(records(&request, SpanKind::Server, false));
        assert!(records(&request, SpanKind::Client, true));
    }
}
