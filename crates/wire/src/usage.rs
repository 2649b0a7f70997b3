//! The use of tokens on the wire.

mod told;

pub use told::{ReportedUse, UsageReport};

use domain::id::TeamId;
use domain::usage::{self, Proposal, Span};
use domain::{Code, OffsetDateTime, Refused};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// In which form the series is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Format {
    /// Everything, as one document.
    #[default]
    Json,
    /// The series: a line for each part of the span and each code that came in it.
    Csv,
    /// The same, each line an object.
    Jsonl,
}

/// How wide the parts of the span are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Step {
    /// An hour.
    Hour,
    /// A day of UTC.
    Day,
}

impl From<usage::Step> for Step {
    fn from(step: usage::Step) -> Self {
        match step {
            usage::Step::Hour => Self::Hour,
            usage::Step::Day => Self::Day,
        }
    }
}

impl From<Step> for usage::Step {
    fn from(step: Step) -> Self {
        match step {
            Step::Hour => Self::Hour,
            Step::Day => Self::Day,
        }
    }
}

/// Which time, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct TokenUsageQuery {
    /// An RFC 3339 instant; seven days before `to` if absent.
    #[serde(default)]
    pub from: Option<String>,
    /// An RFC 3339 instant; now if absent. At most 400 days after `from`, 32 by the hour.
    #[serde(default)]
    pub to: Option<String>,
    /// `hour` or `day` of UTC; hours if absent and the span is at most 3 days. The span is widened to whole steps.
    #[serde(default)]
    pub step: Option<Step>,
    /// `json`, `csv` or `jsonl`.
    #[serde(default)]
    pub format: Format,
}

impl TokenUsageQuery {
    /// The span that is asked for.
    ///
    /// # Errors
    /// `span_invalid` on `from` or `to`.
    pub fn span(&self, now: OffsetDateTime) -> Result<Span, Refused> {
        let from = instant("from", self.from.as_deref())?;
        let to = instant("to", self.to.as_deref())?;
        Span::parse(from, to, self.step.map(Into::into), now)
    }
}

fn instant(field: &'static str, text: Option<&str>) -> Result<Option<OffsetDateTime>, Refused> {
    let parse = |text: &str| OffsetDateTime::parse(text.trim(), &Rfc3339).ok();
    text.map(|text| parse(text).ok_or(Refused::field(field, Code::SpanInvalid))).transpose()
}

/// Whose use, which time, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct UsageQuery {
    /// Only this team's.
    #[serde(default)]
    pub team_id: Option<String>,
    /// An RFC 3339 instant; seven days before `to` if absent.
    #[serde(default)]
    pub from: Option<String>,
    /// An RFC 3339 instant; now if absent. At most 400 days after `from`, 32 by the hour.
    #[serde(default)]
    pub to: Option<String>,
    /// `hour` or `day` of UTC; hours if absent and the span is at most 3 days. The span is widened to whole steps.
    #[serde(default)]
    pub step: Option<Step>,
    /// `json`, `csv` or `jsonl`.
    #[serde(default)]
    pub format: Format,
}

impl UsageQuery {
    /// The span that is asked for.
    ///
    /// # Errors
    /// `span_invalid` on `from` or `to`.
    pub fn span(&self, now: OffsetDateTime) -> Result<Span, Refused> {
        let Self { from, to, step, format, .. } = self.clone();
        TokenUsageQuery { from, to, step, format }.span(now)
    }

    /// The team that is asked for.
    ///
    /// # Errors
    /// `team_unknown` on `team_id`.
    pub fn team(&self) -> Result<Option<TeamId>, Refused> {
        let parse = |id: &String| TeamId::parse(id);
        let unknown = Refused::field("team_id", Code::TeamUnknown);
        self.team_id.as_ref().map(|id| parse(id).ok_or(unknown)).transpose()
    }
}

/// How often each outcome came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// How often a token was good.
    pub valid: u64,
    /// How often it was refused.
    pub refused: u64,
    /// Why: how often by each code of a refusal that came.
    pub reasons: BTreeMap<String, u64>,
}

impl From<&usage::Counts> for Counts {
    fn from(counts: &usage::Counts) -> Self {
        let reason =
            |(denial, count): (domain::verify::Denial, u64)| (denial.as_str().to_owned(), count);
        Self {
            valid: counts.valid(),
            refused: counts.refused(),
            reasons: counts.reasons().into_iter().map(reason).collect(),
        }
    }
}

/// One part of the span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bucket {
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// What was counted in it.
    #[serde(flatten)]
    pub counts: Counts,
}

fn series(series: &[usage::Bucket]) -> Vec<Bucket> {
    let bucket =
        |bucket: &usage::Bucket| Bucket { from: bucket.from, counts: (&bucket.counts).into() };
    series.iter().map(bucket).collect()
}

/// The last time that a token was good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastUsed {
    /// When, but for the last seconds.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The address that it came from, where the verifier was told.
    pub origin: Option<String>,
    /// What it was sent with, where the verifier was told.
    pub user_agent: Option<String>,
    /// The path that it was used on, where the verifier was told.
    pub route: Option<String>,
}

impl From<usage::LastUsed> for LastUsed {
    fn from(last: usage::LastUsed) -> Self {
        let usage::LastUsed { at, origin, user_agent, route } = last;
        Self { at, origin, user_agent, route }
    }
}

/// An origin that a token was used from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageOrigin {
    /// An address of IPv4, or a network of IPv6.
    pub origin: String,
    /// When first.
    #[serde(with = "time::serde::rfc3339")]
    pub first_at: OffsetDateTime,
    /// When last.
    #[serde(with = "time::serde::rfc3339")]
    pub last_at: OffsetDateTime,
    /// When it was good last; null is never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_valid_at: Option<OffsetDateTime>,
    /// How often it was good.
    pub valid: u64,
    /// How often it was refused.
    pub refused: u64,
}

impl From<usage::SeenOrigin> for UsageOrigin {
    fn from(seen: usage::SeenOrigin) -> Self {
        let usage::SeenOrigin { origin, first_at, last_at, last_valid_at, valid, refused } = seen;
        Self { origin, first_at, last_at, last_valid_at, valid, refused }
    }
}

/// A scope that a token was used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeAsked {
    /// The scope; null counts requests that named none, of which nobody can tell what they are for.
    pub scope: Option<String>,
    /// How often the token was good for it.
    pub granted: u64,
    /// How often it was refused, as the token does not have it.
    pub refused: u64,
    /// When first.
    #[serde(with = "time::serde::rfc3339")]
    pub first_at: OffsetDateTime,
    /// When last.
    #[serde(with = "time::serde::rfc3339")]
    pub last_at: OffsetDateTime,
}

/// What is proposed for a token's scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProposalKind {
    /// Nothing: no request has named a scope that the token has.
    Unknown,
    /// Nothing: it asked for so many scopes that not all of them are recorded.
    TooMany,
    /// What it has is what it needs.
    Fits,
    /// Fewer would do.
    Narrower,
}

/// Scopes: what a token has, what it was used for, what would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageScopes {
    /// What it has.
    pub granted: Vec<String>,
    /// Since when it is recorded what it asks for; null while it has asked for nothing.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// What it was used for, the most used first.
    pub asked: Vec<ScopeAsked>,
    /// What is proposed.
    pub proposal: ProposalKind,
    /// The narrower set, where one is proposed.
    pub proposed: Vec<String>,
}

/// The use of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenUsage {
    /// The token.
    pub token_id: Uuid,
    /// The span's beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// The span's end, which is not in it.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
    /// How it is cut.
    pub step: Step,
    /// What was counted in the span.
    pub totals: Counts,
    /// The same for each part of it.
    pub series: Vec<Bucket>,
    /// When it was good last, whatever the span; null is never.
    pub last_used: Option<LastUsed>,
    /// Where it was used from, the latest first, at most 200, whatever the span.
    pub origins: Vec<UsageOrigin>,
    /// What it was used for, whatever the span.
    pub scopes: UsageScopes,
}

impl From<usage::TokenReport> for TokenUsage {
    fn from(report: usage::TokenReport) -> Self {
        let asked_since = report.asked_since();
        let (proposal, proposed) = match report.proposal() {
            Proposal::Unknown => (ProposalKind::Unknown, Vec::new()),
            Proposal::TooMany => (ProposalKind::TooMany, Vec::new()),
            Proposal::Fits => (ProposalKind::Fits, Vec::new()),
            Proposal::Narrower(scopes) => (ProposalKind::Narrower, scopes.to_strings()),
        };
        let asked = |asked: usage::Asked| ScopeAsked {
            scope: asked.scope.map(|scope| scope.as_str().to_owned()),
            granted: asked.granted,
            refused: asked.refused,
            first_at: asked.first_at,
            last_at: asked.last_at,
        };
        Self {
            token_id: report.token.uuid(),
            from: report.span.from(),
            to: report.span.to(),
            step: report.span.step().into(),
            totals: (&report.totals()).into(),
            series: series(&report.series),
            last_used: report.last_used.map(Into::into),
            origins: report.origins.into_iter().map(Into::into).collect(),
            scopes: UsageScopes {
                since: asked_since,
                granted: report.granted.to_strings(),
                asked: report.asked.into_iter().map(asked).collect(),
                proposal,
                proposed,
            },
        }
    }
}

/// One of the tokens that were used most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopToken {
    /// Its id.
    pub token_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its team's id.
    pub team_id: Uuid,
    /// Its team's name.
    pub team_name: String,
    /// How often it was good.
    pub valid: u64,
    /// How often it was refused.
    pub refused: u64,
}

/// The use of all tokens, or of a team's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// The span's beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// The span's end, which is not in it.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
    /// How it is cut.
    pub step: Step,
    /// What was counted in the span. Without a team, also what was no token of ours.
    pub totals: Counts,
    /// The same for each part of it.
    pub series: Vec<Bucket>,
    /// The ten tokens that were used most.
    pub top: Vec<TopToken>,
}

impl From<usage::Report> for Usage {
    fn from(report: usage::Report) -> Self {
        let top = |sum: usage::TokenSum| TopToken {
            token_id: sum.token.uuid(),
            name: sum.name,
            team_id: sum.team.uuid(),
            team_name: sum.team_name,
            valid: sum.valid,
            refused: sum.refused,
        };
        Self {
            from: report.span.from(),
            to: report.span.to(),
            step: report.span.step().into(),
            totals: (&report.totals()).into(),
            series: series(&report.series),
            top: report.top.into_iter().map(top).collect(),
        }
    }
}
