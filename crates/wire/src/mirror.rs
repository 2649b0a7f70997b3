//! Mirrors on the wire.

use crate::target::MirrorSettings;
use domain::OffsetDateTime;
use domain::mirror::state::{self, RunKind};
use domain::mirror::{self, Digest, Presence, Status};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A mirror, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mirror {
    /// Its name: of one of the configuration its kind.
    pub name: String,
    /// What it writes to: `files`, `git`, `kv`, `postgres` or `s3`.
    pub kind: String,
    /// Where it is set: `configuration`, which the operator alone changes, or `console`.
    pub set_in: String,
    /// Since when it is to be emptied, and then deleted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub emptying_since: Option<OffsetDateTime>,
    /// Where it writes: a path or an address, never with a credential.
    pub target: String,
    /// How it is.
    pub status: MirrorStatus,
    /// Objects that it held after the last good run.
    pub objects: u64,
    /// Changes that were committed since the last good run; 10,000 is that many or more.
    pub pending: u64,
    /// When the oldest change was committed that it has not seen; null when it has seen all.
    #[serde(with = "time::serde::rfc3339::option")]
    pub lagging_since: Option<OffsetDateTime>,
    /// Tokens that were revoked and that it may still accept; 10,000 is that many or more.
    pub may_still_accept: u64,
    /// When the last run ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_run_at: Option<OffsetDateTime>,
    /// When the last good run ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_ok_at: Option<OffsetDateTime>,
    /// What went wrong in the last run: `transient`, `denied` or `broken`.
    pub last_error_class: Option<String>,
    /// What the target said.
    pub last_error: Option<String>,
    /// Runs that failed since the last that did not.
    pub failures: u32,
    /// When the first of them ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub failing_since: Option<OffsetDateTime>,
    /// Since when a person has it stopped.
    #[serde(with = "time::serde::rfc3339::option")]
    pub paused_at: Option<OffsetDateTime>,
    /// What a person asked for and is not done yet: `look`, `plan` or `adopt`.
    pub asked: Option<String>,
    /// When all of its objects were last looked at.
    #[serde(with = "time::serde::rfc3339::option")]
    pub observed_at: Option<OffsetDateTime>,
    /// What differed then.
    pub drift: MirrorDrift,
    /// Of the foreign records, those that wait for a person.
    pub foreign_waiting: u64,
    /// Deletes that wait for a person; zero unless held.
    pub held_deletes: u64,
    /// Rows that are invalid, and so are not pushed: the first of them, by id.
    pub set_aside: Vec<SetAside>,
    /// How many rows are invalid.
    pub set_aside_total: u64,
    /// What the held deletes are known by, 64 hexadecimal digits: whoever releases them sends it, and releases these. Null unless held.
    pub held_digest: Option<String>,
    /// What the foreign records and routes are known by, 64 hexadecimal digits: whoever lets them go sends it. Null until all was looked at once.
    pub foreign_digest: Option<String>,
    /// Routes there that nobody here made, by path. They are counted as foreign records too.
    pub foreign_routes: Vec<ForeignRoute>,
    /// How far the adoption of the foreign records is; null while none is under way.
    pub adopting: Option<Adopting>,
}

/// A route at a mirror that nobody here made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForeignRoute {
    /// Its path, as it is written there.
    pub path: String,
    /// Why it cannot be adopted, as a code: `path_overlaps`, `route_unreadable`. Null where it can.
    pub code: Option<String>,
}

/// How far an adoption is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Adopting {
    /// Foreign records that there are.
    pub total: u64,
    /// Of those, how many were looked at.
    pub done: u64,
    /// Of those, how many are tokens of this server now.
    pub taken: u64,
}

/// What a person confirms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct Confirmed {
    /// The digest that was shown with what is confirmed: `held_digest` or `foreign_digest` of the mirror.
    #[serde(default)]
    pub digest: Option<String>,
}

impl Confirmed {
    /// It; `None` where it is none.
    pub fn digest(&self) -> Option<Digest> {
        self.digest.as_deref().and_then(Digest::from_hex)
    }
}

/// How a mirror is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MirrorStatus {
    /// It holds what it should.
    Current,
    /// Changes are on their way.
    Behind,
    /// The last run failed; it tries again.
    Failing,
    /// The last run was refused or broke in a way that trying again does not mend.
    Stopped,
    /// A plan that deletes a large share waits for a person.
    Held,
    /// A person stopped it.
    Paused,
}

/// A token whose row breaks a rule, so that it is shown here and not pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetAside {
    /// The token's id.
    pub token_id: Uuid,
    /// The rule, as a code.
    pub code: String,
    /// The field that breaks it.
    pub field: Option<String>,
}

/// How what a mirror held differed from what it should have held, beyond what was changed since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorDrift {
    /// Records that were not there.
    pub missing: u64,
    /// Records that were not what was written.
    pub altered: u64,
    /// Objects that are not named like records; they are never touched.
    pub others: u64,
    /// Records of secrets that nobody here ever issued, and routes that nobody here made.
    pub foreign: u64,
    /// The first of the records: the beginnings of their hashes.
    pub foreign_some: Vec<String>,
}

/// A mirror, with what it did and what it may do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorDetail {
    /// How it is.
    #[serde(flatten)]
    pub mirror: Mirror,
    /// What is said of its target; null for one of the configuration.
    pub settings: Option<MirrorSettings>,
    /// Its newest runs that did something or failed, the newest first: at most 50.
    pub runs: Vec<MirrorRun>,
    /// The last plan that was asked for.
    pub plan: Option<MirrorPlan>,
    /// Tokens that were revoked and that it may still accept, the first to be revoked first: at most 50.
    pub lingering: Vec<LingeringToken>,
}

/// A run that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorRun {
    /// What it looked at.
    pub kind: MirrorRunKind,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339")]
    pub ended_at: OffsetDateTime,
    /// Objects that were put.
    pub put: u64,
    /// Objects that were deleted.
    pub deleted: u64,
    /// Calls of the target.
    pub calls: u64,
    /// Bytes that were sent to it.
    pub bytes: u64,
    /// Why it did not end well: `transient`, `denied` or `broken`.
    pub error_class: Option<String>,
    /// What the target said.
    pub error: Option<String>,
}

/// What a run looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MirrorRunKind {
    /// What was changed since the one before.
    Changes,
    /// Everything.
    Whole,
}

/// What a look at everything would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MirrorPlan {
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What it would put (what is missing or altered), and what it would not touch.
    pub drift: MirrorDrift,
    /// Records that it would delete, because their tokens have ended.
    pub ended: u64,
    /// Records that it would delete, because the rows of their tokens were deleted.
    pub gone: u64,
    /// Records that are as they should be.
    pub unchanged: u64,
    /// The first paths that it would put or delete, with `+` or `-` before them.
    pub some: Vec<String>,
}

/// A token that was revoked and that a mirror may still accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LingeringToken {
    /// Its id.
    pub token_id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339")]
    pub revoked_at: OffsetDateTime,
}

/// Where a token is: what one mirror makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenMirror {
    /// The mirror's name.
    pub mirror: String,
    /// Whether it has the token.
    pub presence: TokenPresence,
    /// Since when that is so; null where nobody wrote it down.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// When the mirror was last found or made to be what it should be.
    #[serde(with = "time::serde::rfc3339::option")]
    pub confirmed_at: Option<OffsetDateTime>,
}

/// Whether a mirror has a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TokenPresence {
    /// As it was last changed.
    Holds,
    /// Its last change is on its way.
    Coming,
    /// It was revoked or disabled, and the mirror has not confirmed that it let it go.
    MayAccept,
    /// No, and so its readers refuse it.
    Absent,
    /// No, because its row breaks a rule.
    SetAside,
}

impl From<mirror::Mirror> for Mirror {
    fn from(mirror: mirror::Mirror) -> Self {
        let status = mirror.status().into();
        let kind = mirror.kind().to_owned();
        let set_in = if mirror.added.is_some() { "console" } else { "configuration" }.to_owned();
        let foreign_waiting = mirror.foreign_waiting();
        let held_digest = mirror.held_digest.filter(|_| mirror.is_held());
        let (class, said) =
            mirror.failure.map(|failure| (failure.class.as_str().to_owned(), failure.said)).unzip();
        Self {
            name: mirror.name,
            kind,
            set_in,
            emptying_since: mirror.emptying_since,
            target: mirror.target,
            status,
            objects: mirror.objects,
            pending: mirror.pending,
            lagging_since: mirror.lagging_since,
            may_still_accept: mirror.lingering,
            last_run_at: mirror.last_run_at,
            last_ok_at: mirror.last_ok_at,
            last_error_class: class,
            last_error: said,
            failures: mirror.failures,
            failing_since: mirror.failing_since,
            paused_at: mirror.paused_at,
            asked: mirror.asked.map(|asked| asked.as_str().to_owned()),
            observed_at: mirror.observed_at,
            drift: mirror.drift.into(),
            foreign_waiting,
            held_deletes: mirror.held_deletes.saturating_sub(mirror.released_deletes),
            set_aside: mirror.set_aside.into_iter().map(Into::into).collect(),
            set_aside_total: mirror.set_aside_total,
            held_digest: held_digest.map(|digest| digest.to_hex()),
            foreign_digest: mirror.foreign_digest.map(|digest| digest.to_hex()),
            foreign_routes: mirror.foreign_routes.into_iter().map(Into::into).collect(),
            adopting: mirror.adopting.map(Into::into),
        }
    }
}

impl From<state::ForeignRoute> for ForeignRoute {
    fn from(route: state::ForeignRoute) -> Self {
        Self { path: route.path, code: route.code.map(|code| code.as_str().to_owned()) }
    }
}

impl From<state::Adopting> for Adopting {
    fn from(adopting: state::Adopting) -> Self {
        let state::Adopting { total, done, taken } = adopting;
        Self { total, done, taken }
    }
}

impl From<Status> for MirrorStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Current => Self::Current,
            Status::Behind => Self::Behind,
            Status::Failing => Self::Failing,
            Status::Stopped => Self::Stopped,
            Status::Held => Self::Held,
            Status::Paused => Self::Paused,
        }
    }
}

impl From<mirror::SetAside> for SetAside {
    fn from(row: mirror::SetAside) -> Self {
        Self { token_id: row.token.uuid(), code: row.code.as_str().to_owned(), field: row.field }
    }
}

impl MirrorDetail {
    /// What its page shows.
    pub fn of(
        mirror: mirror::Mirror,
        added: Option<mirror::MirrorTarget>,
        runs: Vec<state::MirrorRun>,
        plan: Option<state::MirrorPlan>,
        lingering: Vec<state::Lingering>,
    ) -> Self {
        Self {
            mirror: mirror.into(),
            settings: added.map(Into::into),
            runs: runs.into_iter().map(Into::into).collect(),
            plan: plan.map(Into::into),
            lingering: lingering.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<state::Drift> for MirrorDrift {
    fn from(drift: state::Drift) -> Self {
        let state::Drift { missing, altered, others, foreign, foreign_some } = drift;
        Self { missing, altered, others, foreign, foreign_some }
    }
}

impl From<state::MirrorRun> for MirrorRun {
    fn from(run: state::MirrorRun) -> Self {
        let (class, said) =
            run.failure.map(|failure| (failure.class.as_str().to_owned(), failure.said)).unzip();
        Self {
            kind: match run.kind {
                RunKind::Changes => MirrorRunKind::Changes,
                RunKind::Whole => MirrorRunKind::Whole,
            },
            began_at: run.began_at,
            ended_at: run.ended_at,
            put: run.work.put,
            deleted: run.work.deleted,
            calls: run.work.calls,
            bytes: run.work.bytes,
            error_class: class,
            error: said,
        }
    }
}

impl From<state::MirrorPlan> for MirrorPlan {
    fn from(plan: state::MirrorPlan) -> Self {
        let state::MirrorPlan { at, drift, ended, gone, unchanged, some } = plan;
        Self { at, drift: drift.into(), ended, gone, unchanged, some }
    }
}

impl From<state::Lingering> for LingeringToken {
    fn from(token: state::Lingering) -> Self {
        Self { token_id: token.token.uuid(), name: token.name, revoked_at: token.revoked_at }
    }
}

impl From<mirror::Place> for TokenMirror {
    fn from(place: mirror::Place) -> Self {
        let mirror::Place { mirror, presence, since, confirmed_at } = place;
        Self { mirror, presence: presence.into(), since, confirmed_at }
    }
}

impl From<Presence> for TokenPresence {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Holds => Self::Holds,
            Presence::Coming => Self::Coming,
            Presence::MayAccept => Self::MayAccept,
            Presence::Absent => Self::Absent,
            Presence::SetAside => Self::SetAside,
        }
    }
}
