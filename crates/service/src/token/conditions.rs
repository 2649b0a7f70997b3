//! Conditions in the words of the audit log.

use domain::token::Conditions;
use domain::verify::Origins;
use time::format_description::well_known::Rfc3339;

/// Those of the conditions that ask something, each a name as on the wire and a text.
pub(super) fn facts(conditions: &Conditions) -> Vec<(&'static str, String)> {
    let begins = conditions.not_before.and_then(|at| at.format(&Rfc3339).ok());
    let networks = conditions.origins.as_ref().map(Origins::to_strings);
    let rate = conditions.rate;
    [
        ("not_before", begins),
        ("allowed_cidrs", networks.map(|networks| networks.join(" "))),
        ("rate_limit", rate.map(|rate| format!("{}/{} s", rate.requests(), rate.seconds()))),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}
