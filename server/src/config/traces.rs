//! Where traces go, in the variables of OpenTelemetry's own specification ("Environment Variable Specification", "OpenTelemetry Protocol Exporter").
//! They are judged only when there is an endpoint: on a machine where others are traced they may be set for those.

use super::Secret;
use super::read::Reader;
use crate::trace::{Sampling, Share};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::collections::BTreeMap;

/// Where traces go, and which.
pub struct TraceSettings {
    /// The URL that spans are posted to.
    pub endpoint: String,
    /// What is sent with them; secret.
    pub headers: HeaderMap,
    /// What this program is called.
    pub service_name: String,
    /// What else every span says of this process.
    pub resource: BTreeMap<String, String>,
    /// Which requests are traced.
    pub sampling: Sampling,
}

type Given = Option<(String, Secret)>;

/// The settings of traces; `None` without an endpoint, and when something is wrong.
pub(super) fn read(reader: &mut Reader) -> Option<TraceSettings> {
    let [endpoint, traces_endpoint, protocol, headers, name, resource, sampler, share, disabled] =
        [
            "otlp_endpoint",
            "otlp_traces_endpoint",
            "otlp_protocol",
            "otlp_headers",
            "otel_service_name",
            "otel_resource_attributes",
            "otel_traces_sampler",
            "otel_traces_sampler_arg",
            "otel_sdk_disabled",
        ]
        .map(|key| reader.take(key));
    let is_off = disabled.is_some_and(|(_, text)| text.eq_ignore_ascii_case("true"));
    if is_off || (endpoint.is_none() && traces_endpoint.is_none()) {
        return None;
    }
    let endpoint = match traces_endpoint {
        Some(given) => judge(reader, Some(given), URL, |text| url(text, "")),
        None => judge(reader, endpoint, URL, |text| url(text, "/v1/traces")),
    };
    judge(reader, protocol, "use http/protobuf, which is what is spoken here", |text| {
        (text == "http/protobuf").then_some(())
    });
    let pairs_form = "give name=value, separated by commas, with what is special written as %20";
    let headers = judge(reader, headers, pairs_form, parse_headers).unwrap_or_default();
    let mut resource = judge(reader, resource, pairs_form, pairs).unwrap_or_default();
    let sampling = sampling(reader, sampler, share);
    let named = resource.remove("service.name");
    let name = name.map(|(_, text)| text.to_string());
    let service_name = name.or(named).unwrap_or_else(|| "tokenkeep".to_owned());
    Some(TraceSettings { endpoint: endpoint?, headers, service_name, resource, sampling })
}

const URL: &str =
    "give http:// or https://, a host and maybe a port and a path, without a password";

/// What `parse` makes of a value; one that it makes nothing of is a problem.
fn judge<T>(
    reader: &mut Reader,
    given: Given,
    mend: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let (given_as, text) = given?;
    let parsed = parse(&text);
    if parsed.is_none() {
        reader.problem(given_as, mend);
    }
    parsed
}

/// The URL with `path` behind it.
fn url(text: &str, path: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let scheme_good = matches!(uri.scheme_str(), Some("http" | "https"));
    let bare = uri.query().is_none() && !text.contains('@');
    let whole = if path.is_empty() { text } else { text.trim_end_matches('/') };
    (scheme_good && bare && uri.host().is_some()).then(|| format!("{whole}{path}"))
}

fn sampling(reader: &mut Reader, sampler: Given, share: Given) -> Sampling {
    let share = judge(reader, share, "use a number from 0 to 1", Share::parse);
    let mend = "use always_on, always_off or traceidratio, or one of them behind parentbased_";
    judge(reader, sampler, mend, |text| parse_sampler(text, share))
        .unwrap_or_else(|| by_share(true, share))
}

fn parse_sampler(text: &str, share: Option<Share>) -> Option<Sampling> {
    let (follows_parent, root) = match text.strip_prefix("parentbased_") {
        Some(root) => (true, root),
        None => (false, text),
    };
    let same = |share| Sampling { follows_parent, verification: share, rest: share };
    match root {
        "always_on" => Some(same(Share::ALL)),
        "always_off" => Some(same(Share::NONE)),
        "traceidratio" => Some(by_share(follows_parent, share)),
        _ => None,
    }
}

/// What was not said is as by default.
fn by_share(follows_parent: bool, share: Option<Share>) -> Sampling {
    let Sampling { verification, rest, .. } = Sampling::default();
    let of = |default| share.unwrap_or(default);
    Sampling { follows_parent, verification: of(verification), rest: of(rest) }
}

fn parse_headers(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(text)? {
        let name: HeaderName = name.parse().ok()?;
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Some(headers)
}

/// `a=1,b=2`, as W3C Baggage writes it (section 3.3.1): values are percent-encoded.
fn pairs(text: &str) -> Option<BTreeMap<String, String>> {
    let given = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    given
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let name = name.trim();
            (!name.is_empty()).then_some((name.to_owned(), decoded(value.trim())?))
        })
        .collect()
}

/// Text whose bytes may be written as `%` and two digits (RFC 3986, section 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::read as read_all;
    use crate::config::{Config, Environment};

    fn config(given: &[(&str, &str)]) -> Config {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment: Environment = given.iter().map(text).collect();
        read_all(&environment).unwrap_or_else(|problems| panic!("{problems}"))
    }

    fn settings(given: &[(&str, &str)]) -> TraceSettings {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318/");
        config(&[&[endpoint], given].concat()).traces.expect("traces")
    }

    #[test]
    fn there_are_traces_when_there_is_an_endpoint() {
        assert!(config(&[("OTEL_TRACES_SAMPLER", "nonsense")]).traces.is_none());
        assert_eq!(settings(&[]).endpoint, "http://127.0.0.1:4318/v1/traces");
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example.com/in/");
        assert_eq!(settings(&[own]).endpoint, own.1);
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense");
        assert!(config(&[endpoint, ("OTEL_SDK_DISABLED", "True")]).traces.is_none());
    }

    #[test]
    fn headers_are_read_and_not_shown() {
        let given =
            settings(&[("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20YQ==, x-a = 1")]);
        assert_eq!(given.headers["authorization"], "Basic YQ==");
        assert_eq!(given.headers["x-a"], "1");
        assert!(!format!("{:?}", given.headers).contains("YQ"));
    }

    #[test]
    fn the_name_is_the_one_that_was_said_most_plainly() {
        let attributes =
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,deployment.environment.name=b%2Cc");
        assert_eq!(settings(&[]).service_name, "tokenkeep");
        assert_eq!(settings(&[attributes]).service_name, "a");
        let both = settings(&[attributes, ("OTEL_SERVICE_NAME", "d")]);
        assert_eq!(both.service_name, "d");
        assert_eq!(both.resource["deployment.environment.name"], "b,c");
        assert_eq!(both.resource.len(), 1);
    }

    #[test]
    fn samplers_are_those_of_the_specification() {
        let of = |sampler, share| {
            let given = [("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", share)];
            settings(&given).sampling
        };
        let same =
            |follows_parent, share| Sampling { follows_parent, verification: share, rest: share };
        let half = Share::parse("0.5").expect("a share");
        assert_eq!(of("", ""), Sampling::default());
        assert_eq!(of("parentbased_traceidratio", ""), Sampling::default());
        assert_eq!(of("", "0.5"), same(true, half));
        assert_eq!(of("traceidratio", "0.5"), same(false, half));
        assert_eq!(of("parentbased_traceidratio", "0.5"), same(true, half));
        assert_eq!(of("always_on", "0.5"), same(false, Share::ALL));
        assert_eq!(of("parentbased_always_off", ""), same(true, Share::NONE));
    }
}
