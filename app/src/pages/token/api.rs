//! What the pages of tokens ask the server. No answer of a form holds a secret; see `backend::secret`.

// On the module, as the macro does not hand it on to the browser's half of the function.
#![allow(clippy::too_many_arguments, reason = "one for each field of the form")]

mod deeds;
mod edit;
mod learned;
mod listing;

pub use deeds::{
    DisableToken, EnableToken, ExtendToken, FinishRotation, RevealToken, RevokeToken, RotateToken,
};
pub use edit::{AskedWords, ChangeToken, EditStart, start_edit};
pub use learned::{LockNetworks, NarrowScopes, Use, get_token_usage};
pub use listing::{Filter, FilterTokens, Listing, list_tokens};

use crate::apart::apart;
use crate::form_start::FormStart;
use crate::{Refusal, Seen};
use domain::OffsetDateTime;
use domain::verify::uses::Refill;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;
use wire::audit::AuditEntry;
use wire::impact::Impact;
use wire::mirror::TokenMirror;
use wire::problem::Meanwhile;
use wire::receipt::Receipt;
use wire::token::{Token, UsesLimit};

/// A team that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its tokens may be sealed for a later reveal.
    pub reveal_allowed: bool,
}

/// The teams to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoices {
    /// The teams, by name.
    pub teams: Vec<TeamChoice>,
    /// Whether there are so many that only the newest are here.
    pub partial: bool,
}

/// A token, and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenHistory {
    /// The token.
    pub token: Token,
    /// Its lines of the audit log, newest first.
    pub events: Vec<AuditEntry>,
    /// Whether there are so many that only the newest are here.
    pub partial: bool,
    /// A random key for a rotation: of two posts with the same one, the second finds what the first did.
    pub key: String,
    /// What would be missed of it, and how often it was tried since it ended.
    pub impact: Impact,
}

/// What each mirror makes of a token.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "list_token_mirrors", input = GetUrl)]
pub async fn list_token_mirrors(id: String) -> Result<Seen<Vec<TokenMirror>>, Refusal> {
    crate::backend::mirror::of_token(&id).await
}

/// What the form for a new token begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTokenStart {
    /// Draft, key and time.
    pub form: FormStart,
    /// The teams that it may belong to.
    pub teams: TeamChoices,
    /// Whether there is a key to seal with.
    pub reveal_on: bool,
}

/// What the form that changes conditions begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionsStart {
    /// Draft, key and time.
    pub form: FormStart,
    /// The token as it is.
    pub token: Token,
    /// What happened to it since the draft was begun.
    pub meanwhile: Vec<Meanwhile>,
}

/// What is in the form for a new token, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// Its team's id.
    pub team_id: String,
    /// What it is for.
    pub description: String,
    /// What it may do, with spaces or commas between.
    pub scopes: String,
    /// Ticked: it has no end, whatever the days say.
    pub never_expires: bool,
    /// Days from now.
    pub expires_days: String,
    /// When, from where and how often it may be used.
    pub limits: AskedLimits,
    /// Ticked: a sealed copy is kept.
    pub revealable: bool,
    /// What it is sorted by, with spaces or commas between.
    pub tags: String,
}

/// When, from where and how often a token may be used, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedLimits {
    /// Its beginning, in UTC; a field for date and time has no zone.
    pub not_before: String,
    /// Networks, with spaces, commas or lines between.
    pub allowed_cidrs: String,
    /// So many requests.
    pub rate_requests: String,
    /// In so many seconds.
    pub rate_seconds: String,
    /// So many uses.
    pub uses_count: String,
    /// When they are given again: `hour`, `day`, `week`, `month`; anything else is never.
    pub uses_per: String,
}

impl AskedLimits {
    /// What a token has, as the fields take it. A field for date and time has no zone, and milliseconds at most.
    pub fn of(token: &Token) -> Self {
        let not_before = token.not_before.map(|at| {
            let at = at.to_offset(UtcOffset::UTC);
            let time = if at.second() == 0 && at.millisecond() == 0 {
                String::new()
            } else {
                format!(":{:02}.{:03}", at.second(), at.millisecond())
            };
            format!("{}T{:02}:{:02}{time}", at.date(), at.hour(), at.minute())
        });
        let (rate, uses) = (token.rate_limit, token.uses_limit.as_ref());
        Self {
            not_before: not_before.unwrap_or_default(),
            allowed_cidrs: token.allowed_cidrs.join("\n"),
            rate_requests: rate.map(|rate| rate.requests.to_string()).unwrap_or_default(),
            rate_seconds: rate.map(|rate| rate.seconds.to_string()).unwrap_or_default(),
            uses_count: uses.map(|uses| uses.count.to_string()).unwrap_or_default(),
            uses_per: uses.and_then(|uses| uses.per.clone()).unwrap_or_default(),
        }
    }

    /// The beginning as an RFC 3339 instant; what cannot be read stays as it is, to be refused.
    pub fn beginning(&self) -> Option<String> {
        Some(whole_instant(&self.not_before)).filter(|text| !text.is_empty())
    }

    /// The beginning, if it can be read.
    pub fn begins(&self) -> Option<OffsetDateTime> {
        self.beginning().as_deref().and_then(read)
    }

    /// The networks one by one.
    pub fn networks(&self) -> Vec<String> {
        apart(&self.allowed_cidrs)
    }

    /// Requests and seconds; what is no number is 0, which is out of range like any other wrong one. `None` where nothing was typed.
    pub fn rate(&self) -> Option<(i64, i64)> {
        let (requests, seconds) = (self.rate_requests.trim(), self.rate_seconds.trim());
        let number = |text: &str| text.parse().unwrap_or(0);
        (!requests.is_empty() || !seconds.is_empty()).then(|| (number(requests), number(seconds)))
    }

    /// The limit of uses; a count that is no number is 0, which is out of range. `None` where no count was typed.
    pub fn uses(&self) -> Option<UsesLimit> {
        let count = self.uses_count.trim();
        let per = Refill::parse(&self.uses_per).map(|refill| refill.as_str().to_owned());
        (!count.is_empty()).then(|| UsesLimit { count: count.parse().unwrap_or(0), per })
    }
}

/// What was typed into a field for date and time, as an RFC 3339 instant in UTC; what cannot be read stays as it is, to be refused.
pub fn whole_instant(typed: &str) -> String {
    let typed = typed.trim().replacen(' ', "T", 1);
    let whole = [typed.clone(), format!("{typed}Z"), format!("{typed}:00Z")];
    whole.into_iter().find(|text| read(text).is_some()).unwrap_or(typed)
}

fn read(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

impl Asked {
    /// The scopes one by one.
    pub fn scope_list(&self) -> Vec<String> {
        apart(&self.scopes)
    }
}

/// A token, and its secret if this is the one time. No `Debug`: it holds a secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The token.
    pub token: Token,
    /// Whether the secret is shown now.
    pub there: bool,
    /// The secret. `None` also when the server wrote it into the page itself, so that it is not in the page's data a second time.
    pub secret: Option<String>,
    /// Where callers ask whether a token is good.
    pub verify_url: String,
}

/// One token, and what happened to it.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_token", input = GetUrl)]
pub async fn get_token(id: String) -> Result<Seen<TokenHistory>, Refusal> {
    crate::backend::token::get_history(&id).await
}

/// Who refuses a revoked token.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_receipt", input = GetUrl)]
pub async fn get_receipt(id: String) -> Result<Seen<Receipt>, Refusal> {
    crate::backend::token::receipt(&id).await
}

/// What the form for a new token begins with.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "start_token")]
pub async fn start_token(
    /// The id of the team that it was asked for.
    #[server(default)]
    team: Option<String>,
) -> Result<NewTokenStart, Refusal> {
    crate::backend::token::start(team).await
}

/// Makes a token, and leads to the page that shows its secret once.
///
/// # Errors
/// The rules of the fields, `unauthenticated`, `idempotency_mismatch`, a fault.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(default)] team_id: String,
    #[server(default)] description: String,
    #[server(default)] scopes: String,
    #[server(default)] never_expires: bool,
    #[server(default)] expires_days: String,
    #[server(default)] not_before: String,
    #[server(default)] allowed_cidrs: String,
    #[server(default)] rate_requests: String,
    #[server(default)] rate_seconds: String,
    #[server(default)] uses_count: String,
    #[server(default)] uses_per: String,
    #[server(default)] revealable: bool,
    #[server(default)] tags: String,
    #[server(default)] idempotency_key: String,
) -> Result<(), Refusal> {
    let limits = AskedLimits {
        not_before,
        allowed_cidrs,
        rate_requests,
        rate_seconds,
        uses_count,
        uses_per,
    };
    let asked = Asked {
        name,
        team_id,
        description,
        scopes,
        never_expires,
        expires_days,
        limits,
        revealable,
        tags,
    };
    crate::backend::token::create(asked, &idempotency_key).await
}

/// What the form that changes conditions begins with.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "start_conditions")]
pub async fn start_conditions(id: String) -> Result<ConditionsStart, Refusal> {
    crate::backend::token::start_conditions(&id).await
}

/// Replaces when, from where and how often a token may be used.
///
/// # Errors
/// The rules of the fields, `token_changed`, `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "change_conditions")]
pub async fn change_conditions(
    #[server(default)] id: String,
    /// The version of the token that its form showed.
    #[server(default)]
    version: String,
    #[server(default)] not_before: String,
    #[server(default)] allowed_cidrs: String,
    #[server(default)] rate_requests: String,
    #[server(default)] rate_seconds: String,
    #[server(default)] uses_count: String,
    #[server(default)] uses_per: String,
) -> Result<(), Refusal> {
    let limits = AskedLimits {
        not_before,
        allowed_cidrs,
        rate_requests,
        rate_seconds,
        uses_count,
        uses_per,
    };
    crate::backend::token::change_conditions(&id, &version, limits).await
}

/// Takes the secret that was sent to the page of this token: once. It lies under `/tokens`, where its cookie goes.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/tokens/fn", endpoint = "take_secret")]
pub async fn take_secret(id: String) -> Result<Shown, Refusal> {
    crate::backend::token::take(&id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_come_apart_at_spaces_and_commas() {
        let asked = Asked {
            scopes: " images:read,images:write  *\n，a、b ".to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked.scope_list(), ["images:read", "images:write", "*", "a", "b"]);
    }

    #[test]
    fn a_beginning_is_in_utc_whatever_the_browser_sends() {
        let beginning = |typed: &str| {
            let typed = typed.to_owned();
            AskedLimits { not_before: typed, ..AskedLimits::default() }.beginning()
        };
        assert_eq!(beginning(" "), None);
        for (typed, whole) in [
            ("2026-12-01T09:00", "2026-12-01T09:00:00Z"),
            ("2026-12-01 09:00", "2026-12-01T09:00:00Z"),
            ("2026-12-01T09:00:30", "2026-12-01T09:00:30Z"),
            ("2026-12-01T09:00:30.5", "2026-12-01T09:00:30.5Z"),
            ("2026-12-01T09:00:00+01:00", "2026-12-01T09:00:00+01:00"),
            ("tomorrow", "tomorrow"),
        ] {
            assert_eq!(beginning(typed).as_deref(), Some(whole));
        }
    }

    #[test]
    fn half_a_rate_is_out_of_range_and_none_is_none() {
        let rate = |requests: &str, seconds: &str| {
            let (rate_requests, rate_seconds) = (requests.to_owned(), seconds.to_owned());
            AskedLimits { rate_requests, rate_seconds, ..AskedLimits::default() }.rate()
        };
        assert_eq!(rate("", " "), None);
        assert_eq!(rate("100", ""), Some((100, 0)));
        assert_eq!(rate("many", "60"), Some((0, 60)));
        assert_eq!(rate(" 100", "60 "), Some((100, 60)));
    }

    #[test]
    fn a_count_that_is_no_number_is_out_of_range_and_none_is_none() {
        let uses = |count: &str, per: &str| {
            let (uses_count, uses_per) = (count.to_owned(), per.to_owned());
            let uses = AskedLimits { uses_count, uses_per, ..AskedLimits::default() }.uses();
            uses.map(|uses| (uses.count, uses.per))
        };
        assert_eq!(uses(" ", "day"), None);
        assert_eq!(uses("many", "day"), Some((0, Some("day".to_owned()))));
        assert_eq!(uses(" 1000 ", "never"), Some((1000, None)));
    }
}
