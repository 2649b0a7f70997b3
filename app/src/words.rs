//! Words: the language of a visit, and a sentence for every code.
//!
//! The files are in `locales/`. A language is chosen by loading the page anew, so that words are plain text and not signals.

pub use crate::i18n::Locale;
use crate::visit::Visit;
use domain::Code;
use domain::audit::EventKind;
use domain::token::RevokeReason;
use domain::verify::Denial;
use leptos::prelude::use_context;
use leptos_i18n::td_string;

/// The language of this visit.
pub fn locale() -> Locale {
    use_context::<Visit>().map(|visit| visit.locale).unwrap_or_default()
}

/// Says `namespace.key` in the language of this visit: `say!(ui.skip)`, `say!(time.in_days, count = 3)`. Inside a component or a view
/// only: an event handler has no context.
#[macro_export]
macro_rules! say {
    ($($key:tt)*) => {
        ::leptos_i18n::td_string!($crate::words::locale(), $($key)*)
    };
}

/// The languages that there are, each in its own words.
pub const LOCALES: [(Locale, &str); 3] =
    [(Locale::en, "English"), (Locale::zh_CN, "简体中文"), (Locale::zh_TW, "繁體中文")];

/// What a mirror is called, by its short name.
pub fn mirror_name(name: &str) -> String {
    match name {
        "files" => td_string!(locale(), mirror.name_files).to_owned(),
        "git" => "Git".to_owned(),
        "kv" => "Cloudflare KV".to_owned(),
        "postgres" => "Postgres".to_owned(),
        "s3" => "S3".to_owned(),
        other => other.to_owned(),
    }
}

/// The language for an `Accept-Language` header (RFC 9110, section 12.5.4): the first by weight that we have. Chinese is told apart by script or region.
pub fn accepted(header: &str) -> Locale {
    let mut ranges: Vec<(u16, &str)> = header
        .split(',')
        .filter_map(|range| {
            let (tag, rest) = range.split_once(';').unwrap_or((range, ""));
            let weight =
                rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            // A weight is 0 to 1; thousandths are its grain.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to 0..=1000"
            )]
            let weight = (weight?.clamp(0.0, 1.0) * 1000.0) as u16;
            (weight > 0).then_some((weight, tag.trim()))
        })
        .collect();
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges.into_iter().find_map(|(_, tag)| known(tag)).unwrap_or_default()
}

fn known(tag: &str) -> Option<Locale> {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    match parts.next()? {
        "en" => Some(Locale::en),
        // A script decides, else the region does.
        "zh" => match parts.next() {
            Some("hant" | "tw" | "hk" | "mo") => Some(Locale::zh_TW),
            _ => Some(Locale::zh_CN),
        },
        _ => None,
    }
}

/// The sentence for a code that came over the wire; one for the unknown if this version does not have it.
pub fn sentence_of(code: &str) -> &'static str {
    sentence(Code::parse(code).unwrap_or(Code::Internal))
}

/// The sentence for a code.
pub fn sentence(code: Code) -> &'static str {
    let l = locale();
    match code {
        Code::Empty => td_string!(l, code.empty),
        Code::TooLong => td_string!(l, code.too_long),
        Code::TooShort => td_string!(l, code.too_short),
        Code::ControlCharacter => td_string!(l, code.control_character),
        Code::EmailInvalid => td_string!(l, code.email_invalid),
        Code::ScopesEmpty => td_string!(l, code.scopes_empty),
        Code::ScopeInvalid => td_string!(l, code.scope_invalid),
        Code::ScopesTooMany => td_string!(l, code.scopes_too_many),
        Code::ExpiresDaysRange => td_string!(l, code.expires_days_range),
        Code::ExpiresInPast => td_string!(l, code.expires_in_past),
        Code::ExpiresAtInvalid => td_string!(l, code.expires_at_invalid),
        Code::ExpiresTwice => td_string!(l, code.expires_twice),
        Code::NotBeforeInvalid => td_string!(l, code.not_before_invalid),
        Code::NotBeforeLate => td_string!(l, code.not_before_late),
        Code::CidrInvalid => td_string!(l, code.cidr_invalid),
        Code::AddressInvalid => td_string!(l, code.address_invalid),
        Code::ItemsTooMany => td_string!(l, code.items_too_many),
        Code::CidrsTooMany => td_string!(l, code.cidrs_too_many),
        Code::LearnDaysRange => td_string!(l, code.learn_days_range),
        Code::NetworksChanged => td_string!(l, code.networks_changed),
        Code::ScopesWider => td_string!(l, code.scopes_wider),
        Code::RateRange => td_string!(l, code.rate_range),
        Code::UsesRange => td_string!(l, code.uses_range),
        Code::TeamUnknown => td_string!(l, code.team_unknown),
        Code::SubjectUnknown => td_string!(l, code.subject_unknown),
        Code::NameTaken => td_string!(l, code.name_taken),
        Code::EmailTaken => td_string!(l, code.email_taken),
        Code::RevealNotAllowed => td_string!(l, code.reveal_not_allowed),
        Code::RevealOff => td_string!(l, code.reveal_off),
        Code::NotRevealable => td_string!(l, code.not_revealable),
        Code::SealedWithLostKey => td_string!(l, code.sealed_with_lost_key),
        Code::ExpiresSooner => td_string!(l, code.expires_sooner),
        Code::UntilInvalid => td_string!(l, code.until_invalid),
        Code::ReasonInvalid => td_string!(l, code.reason_invalid),
        Code::ConfirmationWrong => td_string!(l, code.confirmation_wrong),
        Code::TokenProtected => td_string!(l, code.token_protected),
        Code::TokenChanged => td_string!(l, code.token_changed),
        Code::IfMatchRequired => td_string!(l, code.if_match_required),
        Code::AlreadyEnded => td_string!(l, code.already_ended),
        Code::AlreadyDisabled => td_string!(l, code.already_disabled),
        Code::NotDisabled => td_string!(l, code.not_disabled),
        Code::OverlapRange => td_string!(l, code.overlap_range),
        Code::OverlapRunning => td_string!(l, code.overlap_running),
        Code::NoOverlap => td_string!(l, code.no_overlap),
        Code::NotHeld => td_string!(l, code.not_held),
        Code::ListChanged => td_string!(l, code.list_changed),
        Code::MirrorPaused => td_string!(l, code.mirror_paused),
        Code::MirrorNameInvalid => td_string!(l, code.mirror_name_invalid),
        Code::MirrorKindUnknown => td_string!(l, code.mirror_kind_unknown),
        Code::SettingInvalid => td_string!(l, code.setting_invalid),
        Code::AddressForbidden => td_string!(l, code.address_forbidden),
        Code::PlaceTaken => td_string!(l, code.place_taken),
        Code::SecretNotKept => td_string!(l, code.secret_not_kept),
        Code::SecretLost => td_string!(l, code.secret_lost),
        Code::MirrorChanged => td_string!(l, code.mirror_changed),
        Code::MirrorConfigured => td_string!(l, code.mirror_configured),
        Code::MirrorEmptying => td_string!(l, code.mirror_emptying),
        Code::MirrorsTooMany => td_string!(l, code.mirrors_too_many),
        Code::PathInvalid => td_string!(l, code.path_invalid),
        Code::PathTaken => td_string!(l, code.path_taken),
        Code::PathOverlaps => td_string!(l, code.path_overlaps),
        Code::RouteUnreadable => td_string!(l, code.route_unreadable),
        Code::UrlInvalid => td_string!(l, code.url_invalid),
        Code::TagInvalid => td_string!(l, code.tag_invalid),
        Code::TagsTooMany => td_string!(l, code.tags_too_many),
        Code::AuthInvalid => td_string!(l, code.auth_invalid),
        Code::HeaderInvalid => td_string!(l, code.header_invalid),
        Code::SecretInvalid => td_string!(l, code.secret_invalid),
        Code::SecretMissing => td_string!(l, code.secret_missing),
        Code::SealingOff => td_string!(l, code.sealing_off),
        Code::RouteChanged => td_string!(l, code.route_changed),
        Code::RoutesTooMany => td_string!(l, code.routes_too_many),
        Code::IdempotencyMismatch => td_string!(l, code.idempotency_mismatch),
        Code::IdempotencyKeyInvalid => td_string!(l, code.idempotency_key_invalid),
        Code::CursorInvalid => td_string!(l, code.cursor_invalid),
        Code::SearchSecret => td_string!(l, code.search_secret),
        Code::SearchWordless => td_string!(l, code.search_wordless),
        Code::StatusUnknown => td_string!(l, code.status_unknown),
        Code::SortUnknown => td_string!(l, code.sort_unknown),
        Code::DaysRange => td_string!(l, code.days_range),
        Code::LimitRange => td_string!(l, code.limit_range),
        Code::SpanInvalid => td_string!(l, code.span_invalid),
        Code::BodyMalformed => td_string!(l, code.body_malformed),
        Code::QueryMalformed => td_string!(l, code.query_malformed),
        Code::Utf8Invalid => td_string!(l, code.utf8_invalid),
        Code::BodyTooLarge => td_string!(l, code.body_too_large),
        Code::ContentTypeUnsupported => td_string!(l, code.content_type_unsupported),
        Code::MethodNotAllowed => td_string!(l, code.method_not_allowed),
        Code::Unauthenticated => td_string!(l, code.unauthenticated),
        Code::CredentialsWrong => td_string!(l, code.credentials_wrong),
        Code::TooManyAttempts => td_string!(l, code.too_many_attempts),
        Code::Forbidden => td_string!(l, code.forbidden),
        Code::OriginRefused => td_string!(l, code.origin_refused),
        Code::SetupLinkInvalid => td_string!(l, code.setup_link_invalid),
        Code::SetupDone => td_string!(l, code.setup_done),
        Code::NotFound => td_string!(l, code.not_found),
        Code::Unavailable => td_string!(l, code.unavailable),
        Code::Internal => td_string!(l, code.internal),
    }
}

/// What happened, in words, for a line of the audit log.
pub fn happening(kind: EventKind) -> &'static str {
    let l = locale();
    match kind {
        EventKind::TokenCreated => td_string!(l, event.token_created),
        EventKind::TokenRevealed => td_string!(l, event.token_revealed),
        EventKind::TokenRevoked => td_string!(l, event.token_revoked),
        EventKind::TokenNewOrigin => td_string!(l, event.token_new_origin),
        EventKind::TokenUsedAfterEnd => td_string!(l, event.token_used_after_end),
        EventKind::TokenDisabled => td_string!(l, event.token_disabled),
        EventKind::TokenEnabled => td_string!(l, event.token_enabled),
        EventKind::TokenExtended => td_string!(l, event.token_extended),
        EventKind::TokenChanged => td_string!(l, event.token_changed),
        EventKind::TokenConditionsChanged => td_string!(l, event.token_conditions_changed),
        EventKind::TokenRotated => td_string!(l, event.token_rotated),
        EventKind::TokenRotationFinished => td_string!(l, event.token_rotation_finished),
        EventKind::TokenScopesNarrowed => td_string!(l, event.token_scopes_narrowed),
        EventKind::TokensPurged => td_string!(l, event.tokens_purged),
        EventKind::TeamCreated => td_string!(l, event.team_created),
        EventKind::OwnerCreated => td_string!(l, event.owner_created),
        EventKind::SetupLinkCreated => td_string!(l, event.setup_link_created),
        EventKind::KeyCreated => td_string!(l, event.key_created),
        EventKind::KeyRevoked => td_string!(l, event.key_revoked),
        EventKind::SignedIn => td_string!(l, event.signed_in),
        EventKind::SignInRefused => td_string!(l, event.sign_in_refused),
        EventKind::SignedOut => td_string!(l, event.signed_out),
        EventKind::MirrorHeld => td_string!(l, event.mirror_held),
        EventKind::MirrorReleased => td_string!(l, event.mirror_released),
        EventKind::MirrorAsked => td_string!(l, event.mirror_asked),
        EventKind::MirrorPaused => td_string!(l, event.mirror_paused),
        EventKind::MirrorResumed => td_string!(l, event.mirror_resumed),
        EventKind::MirrorForeignEnded => td_string!(l, event.mirror_foreign_ended),
        EventKind::TokenAdopted => td_string!(l, event.token_adopted),
        EventKind::MirrorAdopted => td_string!(l, event.mirror_adopted),
        EventKind::MirrorFailing => td_string!(l, event.mirror_failing),
        EventKind::MirrorRecovered => td_string!(l, event.mirror_recovered),
        EventKind::MirrorCreated => td_string!(l, event.mirror_created),
        EventKind::MirrorChanged => td_string!(l, event.mirror_changed),
        EventKind::MirrorEmptying => td_string!(l, event.mirror_emptying),
        EventKind::MirrorDeleted => td_string!(l, event.mirror_deleted),
        EventKind::RouteCreated => td_string!(l, event.route_created),
        EventKind::RouteChanged => td_string!(l, event.route_changed),
        EventKind::RouteDeleted => td_string!(l, event.route_deleted),
    }
}

/// Why a token was revoked, in words.
pub fn why_revoked(reason: RevokeReason) -> &'static str {
    let l = locale();
    match reason {
        RevokeReason::Superseded => td_string!(l, life.reason_superseded),
        RevokeReason::Leaked => td_string!(l, life.reason_leaked),
        RevokeReason::OwnerLeft => td_string!(l, life.reason_owner_left),
        RevokeReason::Unused => td_string!(l, life.reason_unused),
        RevokeReason::Other => td_string!(l, life.reason_other),
    }
}

/// Who did it, by the kind of the actor and what people know them by.
pub fn who(actor_kind: &str, actor: String) -> String {
    let l = locale();
    match actor_kind {
        "anonymous" => td_string!(l, audit.anonymous).to_owned(),
        "operator" => td_string!(l, audit.operator).to_owned(),
        "clock" => td_string!(l, audit.clock).to_owned(),
        _ => actor,
    }
}

/// A whole number with its thousands apart: all three languages set a comma there.
pub fn number(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Why a token is refused, in words.
pub fn reason(denial: Denial) -> &'static str {
    let l = locale();
    match denial {
        Denial::Malformed => td_string!(l, usage.reason_malformed),
        Denial::Unknown => td_string!(l, usage.reason_unknown),
        Denial::Expired => td_string!(l, usage.reason_expired),
        Denial::Revoked => td_string!(l, usage.reason_revoked),
        Denial::Rotated => td_string!(l, usage.reason_rotated),
        Denial::Disabled => td_string!(l, usage.reason_disabled),
        Denial::NotYetValid => td_string!(l, usage.reason_not_yet_valid),
        Denial::OriginDenied => td_string!(l, usage.reason_origin_denied),
        Denial::ScopeDenied => td_string!(l, usage.reason_scope_denied),
        Denial::RateLimited => td_string!(l, usage.reason_rate_limited),
        Denial::UsesSpent => td_string!(l, usage.reason_uses_spent),
        Denial::Unavailable => td_string!(l, usage.reason_unavailable),
    }
}

/// Why a token is refused, in words; the code itself if this version does not have it.
pub fn reason_of(code: &str) -> String {
    let denial = Denial::ALL.iter().copied().find(|denial| denial.as_str() == code);
    denial.map_or_else(|| code.to_owned(), |denial| reason(denial).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        let told = [0, 999, 1_000, 41_200, 1_000_000_000].map(number);
        assert_eq!(told, ["0", "999", "1,000", "41,200", "1,000,000,000"]);
    }

    #[test]
    fn a_browser_gets_its_language() {
        for (header, locale) in [
            ("", Locale::en),
            ("de,fr;q=0.9", Locale::en),
            ("zh", Locale::zh_CN),
            ("zh-CN,zh;q=0.9,en;q=0.8", Locale::zh_CN),
            ("zh-HK", Locale::zh_TW),
            ("zh-Hant-MO", Locale::zh_TW),
            ("zh-Hans-HK", Locale::zh_CN),
            ("de, en;q=0.1, zh-TW;q=0.5", Locale::zh_TW),
            ("zh;q=0, en", Locale::en),
        ] {
            assert_eq!(accepted(header), locale, "{header}");
        }
    }
}
