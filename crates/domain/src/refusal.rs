//! Refusals: what a person or a program can act on. A code, a kind, maybe a field; never prose.
//!
//! The sentences live in the console's locales and in `wire`'s problem titles.

/// How a refusal reads to a caller. `wire` maps each kind to one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be read at all.
    Malformed,
    /// The caller has not said who it is, or is not believed.
    Unauthenticated,
    /// The caller is known and may not.
    Forbidden,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The method does not exist on this path.
    MethodNotAllowed,
    /// It would contradict what is there.
    Conflict,
    /// What it shall be done to is no longer what the caller saw.
    PreconditionFailed,
    /// The caller has to say which state it saw.
    PreconditionRequired,
    /// The body is over the limit.
    TooLarge,
    /// The body's type is not one we read.
    UnsupportedType,
    /// A value is outside its rule.
    Invalid,
    /// Too many attempts; later may work.
    TooMany,
    /// We cannot answer now.
    Unavailable,
    /// Ours: something broke.
    Broken,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $kind:ident;)+) => {
        /// Every reason for which Tokenkeep refuses. The text form is part of the public contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)+
        }

        impl Code {
            /// Every code, in the order of the registry.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it crosses the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// How it reads to a caller.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind),+ }
            }

            /// The code of this text form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

codes! {
    /// A required text is empty.
    Empty = "empty", Invalid;
    /// A text is over its length.
    TooLong = "too_long", Invalid;
    /// A text is under its length.
    TooShort = "too_short", Invalid;
    /// A text holds NUL or another control character.
    ControlCharacter = "control_character", Invalid;
    /// Not an e-mail address.
    EmailInvalid = "email_invalid", Invalid;
    /// No scope was given.
    ScopesEmpty = "scopes_empty", Invalid;
    /// A scope breaks the grammar.
    ScopeInvalid = "scope_invalid", Invalid;
    /// More scopes than a token may have.
    ScopesTooMany = "scopes_too_many", Invalid;
    /// Days to expiry are not a whole number of 1 to 3650.
    ExpiresDaysRange = "expires_days_range", Invalid;
    /// The expiry is not in the future.
    ExpiresInPast = "expires_in_past", Invalid;
    /// The expiry is not an RFC 3339 instant.
    ExpiresAtInvalid = "expires_at_invalid", Invalid;
    /// Both days and an instant were given.
    ExpiresTwice = "expires_twice", Invalid;
    /// The token would expire sooner than it does now.
    ExpiresSooner = "expires_sooner", Invalid;
    /// The end of a pause is not an RFC 3339 instant ahead.
    UntilInvalid = "until_invalid", Invalid;
    /// Not a reason to revoke a token.
    ReasonInvalid = "reason_invalid", Invalid;
    /// What was typed to confirm is not the token's name.
    ConfirmationWrong = "confirmation_wrong", Invalid;
    /// The beginning is not an RFC 3339 instant.
    NotBeforeInvalid = "not_before_invalid", Invalid;
    /// The token would begin when it has expired already.
    NotBeforeLate = "not_before_late", Invalid;
    /// Not a network in CIDR notation, nor an address.
    CidrInvalid = "cidr_invalid", Invalid;
    /// Not an IP address.
    AddressInvalid = "address_invalid", Invalid;
    /// More tokens than one question may be about.
    ItemsTooMany = "items_too_many", Invalid;
    /// More networks than a token's list may have.
    CidrsTooMany = "cidrs_too_many", Invalid;
    /// Days to learn from are not a whole number of 1 to 90.
    LearnDaysRange = "learn_days_range", Invalid;
    /// The token's networks are not those that the request replaces.
    NetworksChanged = "networks_changed", Conflict;
    /// A scope that the token does not have: its scopes can only become fewer.
    ScopesWider = "scopes_wider", Conflict;
    /// The limit is not 1 to 1,000,000 requests in 1 to 86,400 seconds.
    RateRange = "rate_range", Invalid;
    /// The limit is not 1 to 1,000,000,000 uses, in all or in each hour, day, week or month.
    UsesRange = "uses_range", Invalid;
    /// There is no such team.
    TeamUnknown = "team_unknown", Invalid;
    /// Nothing in the audit log is known by such a kind and id.
    SubjectUnknown = "subject_unknown", Invalid;
    /// The name is taken within its team, or among the teams.
    NameTaken = "name_taken", Conflict;
    /// The e-mail address belongs to somebody already.
    EmailTaken = "email_taken", Conflict;
    /// The token cannot be made revealable: its team does not allow it.
    RevealNotAllowed = "reveal_not_allowed", Invalid;
    /// No encryption key is configured, so nothing can be sealed or revealed.
    RevealOff = "reveal_off", Conflict;
    /// This token was not sealed when it was made.
    NotRevealable = "not_revealable", Conflict;
    /// No configured key opens the sealed copy.
    SealedWithLostKey = "sealed_with_lost_key", Conflict;
    /// The token is no longer as the caller saw it.
    TokenChanged = "token_changed", PreconditionFailed;
    /// The request does not say which state of the token it changes.
    IfMatchRequired = "if_match_required", PreconditionRequired;
    /// The token is protected from being revoked.
    TokenProtected = "token_protected", Conflict;
    /// The token has ended already.
    AlreadyEnded = "already_ended", Conflict;
    /// The token is disabled already.
    AlreadyDisabled = "already_disabled", Conflict;
    /// The token is not disabled.
    NotDisabled = "not_disabled", Conflict;
    /// The overlap is not 0 to 604,800 seconds.
    OverlapRange = "overlap_range", Invalid;
    /// The secret before the last rotation still works.
    OverlapRunning = "overlap_running", Conflict;
    /// No former secret works any more.
    NoOverlap = "no_overlap", Conflict;
    /// The mirror's plan is not held.
    NotHeld = "not_held", Conflict;
    /// What was confirmed is not what there is by now.
    ListChanged = "list_changed", Conflict;
    /// The mirror is stopped by a person.
    MirrorPaused = "mirror_paused", Conflict;
    /// Not a name for a mirror, or one that is not free for one that people add.
    MirrorNameInvalid = "mirror_name_invalid", Invalid;
    /// Not a kind of mirror that people may add.
    MirrorKindUnknown = "mirror_kind_unknown", Invalid;
    /// Not a value that this setting takes.
    SettingInvalid = "setting_invalid", Invalid;
    /// A link-local address, or one of a cloud's metadata service, which the operator does not allow.
    AddressForbidden = "address_forbidden", Invalid;
    /// Another mirror writes there.
    PlaceTaken = "place_taken", Conflict;
    /// The address is another, so that the secret has to be given anew.
    SecretNotKept = "secret_not_kept", Invalid;
    /// No configured key opens the secret that is kept.
    SecretLost = "secret_lost", Conflict;
    /// The mirror was changed since it was looked at.
    MirrorChanged = "mirror_changed", Conflict;
    /// The mirror is set in the server's configuration, and only there.
    MirrorConfigured = "mirror_configured", Conflict;
    /// The mirror is being emptied, and then deleted.
    MirrorEmptying = "mirror_emptying", Conflict;
    /// There are as many mirrors as people may add.
    MirrorsTooMany = "mirrors_too_many", Conflict;
    /// Not the path of a route: a slash, then segments of letters, digits, `.`, `_` and `-`.
    PathInvalid = "path_invalid", Invalid;
    /// Another route has the path.
    PathTaken = "path_taken", Conflict;
    /// A route at a mirror is below one of ours, or above it.
    PathOverlaps = "path_overlaps", Conflict;
    /// A route at a mirror breaks a rule of ours.
    RouteUnreadable = "route_unreadable", Invalid;
    /// Not an address of a backend: http or https, a host, no credentials, no query.
    UrlInvalid = "url_invalid", Invalid;
    /// A tag breaks the grammar.
    TagInvalid = "tag_invalid", Invalid;
    /// More tags than a route or a token may have.
    TagsTooMany = "tags_too_many", Invalid;
    /// Not a kind of authentication that a backend can be given.
    AuthInvalid = "auth_invalid", Invalid;
    /// Not a name of a header, or of one that is not free for a key.
    HeaderInvalid = "header_invalid", Invalid;
    /// A secret has characters that its header cannot hold.
    SecretInvalid = "secret_invalid", Invalid;
    /// A secret shall be delivered, and there is none.
    SecretMissing = "secret_missing", Invalid;
    /// No encryption key is configured, so that no secret can be kept.
    SealingOff = "sealing_off", Conflict;
    /// The route was changed since it was looked at.
    RouteChanged = "route_changed", Conflict;
    /// There are as many routes as there may be.
    RoutesTooMany = "routes_too_many", Conflict;
    /// The `Idempotency-Key` was used for another request.
    IdempotencyMismatch = "idempotency_mismatch", Invalid;
    /// The `Idempotency-Key` is not 1 to 255 printable ASCII characters.
    IdempotencyKeyInvalid = "idempotency_key_invalid", Malformed;
    /// The page cursor is not one of ours.
    CursorInvalid = "cursor_invalid", Malformed;
    /// What looks like a token's secret was searched for in an address.
    SearchSecret = "search_secret", Invalid;
    /// A search without a letter and without a digit.
    SearchWordless = "search_wordless", Invalid;
    /// No status of a token.
    StatusUnknown = "status_unknown", Invalid;
    /// No order of a list.
    SortUnknown = "sort_unknown", Invalid;
    /// Days that a list is filtered by are not a whole number of 1 to 3650.
    DaysRange = "days_range", Invalid;
    /// The page size is not 1 to 200.
    LimitRange = "limit_range", Invalid;
    /// A span of time ends before it begins, or is too long.
    SpanInvalid = "span_invalid", Invalid;
    /// The body is not what the endpoint reads.
    BodyMalformed = "body_malformed", Malformed;
    /// The query is not what the endpoint reads.
    QueryMalformed = "query_malformed", Malformed;
    /// The body is not UTF-8.
    Utf8Invalid = "utf8_invalid", Malformed;
    /// The body is over 1 MiB.
    BodyTooLarge = "body_too_large", TooLarge;
    /// The content type is not one we read.
    ContentTypeUnsupported = "content_type_unsupported", UnsupportedType;
    /// The method does not exist here.
    MethodNotAllowed = "method_not_allowed", MethodNotAllowed;
    /// No session and no key, or ones that have ended.
    Unauthenticated = "unauthenticated", Unauthenticated;
    /// The e-mail address or the password is wrong.
    CredentialsWrong = "credentials_wrong", Unauthenticated;
    /// Too many attempts from this address or for this account.
    TooManyAttempts = "too_many_attempts", TooMany;
    /// The actor may not do this.
    Forbidden = "forbidden", Forbidden;
    /// The request came from another site.
    OriginRefused = "origin_refused", Forbidden;
    /// The setup link is wrong, used or out of date.
    SetupLinkInvalid = "setup_link_invalid", Forbidden;
    /// There is an owner already.
    SetupDone = "setup_done", Conflict;
    /// There is no such thing, or the caller may not know of it.
    NotFound = "not_found", NotFound;
    /// The database does not answer.
    Unavailable = "unavailable", Unavailable;
    /// Ours: something broke, and was logged under the request id.
    Internal = "internal", Broken;
}

/// One refusal, maybe about one field of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub code: Code,
    /// The request's field it is about, named as on the wire.
    pub field: Option<&'static str>,
    /// The place, from 0, of the item of `items` that the field is in.
    pub item: Option<usize>,
}

impl Refused {
    /// A refusal of the whole request.
    pub const fn new(code: Code) -> Self {
        Self { code, field: None, item: None }
    }

    /// A refusal of one field.
    pub const fn field(field: &'static str, code: Code) -> Self {
        Self { code, field: Some(field), item: None }
    }

    /// The same refusal, of the item at this place of a list.
    #[must_use]
    pub const fn of_item(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }
}

/// One or more refusals; the first is the one that a single-code reader sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals(Vec<Refused>);

impl Refusals {
    /// All of them, at least one.
    pub fn all(&self) -> &[Refused] {
        &self.0
    }

    /// The first one.
    pub fn first(&self) -> Refused {
        self.0[0]
    }
}

impl From<Refused> for Refusals {
    fn from(refused: Refused) -> Self {
        Self(vec![refused])
    }
}

impl From<Code> for Refusals {
    fn from(code: Code) -> Self {
        Refused::new(code).into()
    }
}

/// Collects the refusals of a form, so that all of its fields are judged at once.
#[derive(Default)]
pub struct Judge(Vec<Refused>);

impl Judge {
    /// Keeps the value, or notes why it was refused.
    pub fn take<T>(&mut self, judged: Result<T, Refused>) -> Option<T> {
        judged.map_err(|refused| self.0.push(refused)).ok()
    }

    /// Notes a refusal.
    pub fn refuse(&mut self, refused: Refused) {
        self.0.push(refused);
    }

    /// `Ok` when nothing was refused.
    ///
    /// # Errors
    /// All that was noted.
    pub fn verdict(self) -> Result<(), Refusals> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusals(self.0)) }
    }
}
