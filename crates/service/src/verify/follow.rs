//! Keeps the index what the database has: loads it, applies what changes, and says in the database how far it is.
//!
//! One turn looks for changes, applies them, and renews the lease. It takes no input but what it has seen: a notification only makes it come sooner.

use super::index::{Bar, FRESH, Trust};
use super::snapshot::{Agreed, Restored, copies};
use crate::{Error, Fault, Result, Service, TRACE};
use domain::OffsetDateTime;
use domain::id::{TokenId, VerifierId};
use std::time::{Duration, Instant};
use store::verify::verifier::Verifier;
use store::verify::{Changed, Follower, Seen};
use tracing::field::Empty;

/// Between two looks when nothing is announced.
pub const HEARTBEAT: Duration = Duration::from_millis(500);
/// The least between two looks: what comes in a storm is applied together.
const GAP: Duration = Duration::from_millis(4);
/// How long one look may take, before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long loading everything may take.
const LOAD_PATIENCE: Duration = Duration::from_secs(120);
/// What the database writes down beyond our own lease: its last writes may be lost when it crashes.
const MARGIN: Duration = Duration::from_secs(2);
/// How often expired tokens are let go.
const PRUNE: Duration = Duration::from_secs(600);

/// One instance that verifies from memory, and its connection.
pub struct Following {
    service: Service,
    verifier: Verifier,
    connection: Option<Follower>,
    loaded: Option<Loaded>,
    resumed: bool,
    entered: bool,
    pruned_at: Instant,
    looked_at: Instant,
}

/// What is in the index. What `seen` has is on the database's disk, since our line about it is, which came later: a database that crashes gives the numbers
/// of the transactions that it forgets to new ones, and who had seen those would look past these.
#[derive(Clone)]
struct Loaded {
    history: String,
    seen: Seen,
}

/// What came of a look.
enum Looked {
    /// What changed is applied.
    Applied,
    /// It cannot tell all that changed: everything has to be loaded anew.
    InVain,
}

impl Following {
    /// Nothing is done yet; see [`Self::turn`].
    pub fn new(service: Service, name: &str) -> Self {
        let id = service.random(|rng| VerifierId::generate(service.now(), rng));
        let verifier = Verifier { id, name: name.to_owned() };
        let now = Instant::now();
        Self {
            service,
            verifier,
            connection: None,
            loaded: None,
            resumed: false,
            entered: false,
            pruned_at: now,
            looked_at: now,
        }
    }

    /// Goes on from a snapshot that the index was filled from: only what changed since is asked for.
    pub fn resumed(service: Service, name: &str, from: &Restored) -> Self {
        let Agreed { history, seen, .. } = from.agreed.clone();
        let loaded = Some(Loaded { history, seen });
        Self { loaded, resumed: true, ..Self::new(service, name) }
    }

    /// Looks for what changed, and applies it. The first one loads everything.
    ///
    /// # Errors
    /// A fault: the database does not answer. The index goes on with what it knows for as long as was agreed; the next turn connects anew.
    pub async fn turn(&mut self) -> Result<()> {
        let turned = self.turn_once().await;
        if turned.is_err() {
            self.connection = None;
        }
        turned
    }

    /// Waits until a change is announced, or for one heartbeat. Safe to drop while it waits.
    pub async fn wait(&mut self) {
        let Some(connection) = &mut self.connection else {
            return tokio::time::sleep(HEARTBEAT / 2).await;
        };
        if let Ok(Err(_)) = tokio::time::timeout(HEARTBEAT, connection.hear()).await {
            self.connection = None;
        }
        tokio::time::sleep(GAP.saturating_sub(self.looked_at.elapsed())).await;
    }

    /// Gives the name back, so that nobody waits for this instance. Called when it answers no more. One that keeps a snapshot may come back by it without
    /// asking anybody, so that its lease runs on.
    pub async fn leave(mut self) {
        self.service.index().clockwork().end();
        if self.service.snapshot().is_some() {
            return;
        }
        if let Some(connection) = &mut self.connection {
            let left = tokio::time::timeout(PATIENCE, connection.leave(&self.verifier)).await;
            if !matches!(left, Ok(Ok(()))) {
                tracing::warn!(
                    "the database was not told that this instance stops: revocations wait for its lease to end"
                );
            }
        }
    }

    async fn turn_once(&mut self) -> Result<()> {
        self.looked_at = Instant::now();
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut loads = self.loaded.is_none() || self.service.index().outgrown();
        if loads {
            let loading = self.load(&mut connection);
            self.loaded = Some(within(LOAD_PATIENCE, loading).await?);
        }
        let mut looked = within(PATIENCE, self.look(&mut connection)).await;
        if matches!(looked, Ok(Looked::InVain)) {
            tracing::info!(
                "more tokens are gone than can be told one by one; loading every token anew"
            );
            loads = true;
            let loading = self.load(&mut connection);
            self.loaded = Some(within(LOAD_PATIENCE, loading).await?);
            looked = within(PATIENCE, self.look(&mut connection)).await;
        }
        if looked.is_err() && (loads || self.resumed) {
            // What was loaded may not be on the database's disk; what changed since it was resumed may be more than one look can take.
            self.loaded = None;
        }
        self.resumed = false;
        looked?;
        self.connection = Some(connection);
        Ok(())
    }

    async fn connect(&mut self) -> Result<Follower> {
        let mut connection =
            within(PATIENCE, async { Ok(self.service.store().follow().await?) }).await?;
        let history = within(PATIENCE, async { Ok(connection.history().await?) }).await?;
        let seen = within(PATIENCE, async { Ok(connection.seen().await?) }).await?;
        let known = |loaded: &Loaded| loaded.history == history && !seen.is_before(&loaded.seen);
        if self.loaded.as_ref().is_some_and(|loaded| !known(loaded)) {
            tracing::warn!("the database has another history; loading every token anew");
            self.loaded = None;
        }
        if !self.entered {
            let entering = async { Ok(connection.enter(&self.verifier, self.lease()).await?) };
            within(PATIENCE, entering).await?;
            self.entered = true;
        }
        Ok(connection)
    }

    async fn load(&self, connection: &mut Follower) -> Result<Loaded> {
        let index = self.service.index();
        let (began, now) = (Instant::now(), self.service.now());
        let history = connection.history().await?;
        let count = connection.count(now).await?;
        let kept = index.begin_load(count);
        let seen = if kept.is_all() {
            let each = |known| index.put(&kept, known);
            connection.load(now, |scopes| index.share(&scopes), each).await?
        } else {
            connection.seen().await?
        };
        index.loaded(kept);
        if index.trust() != Trust::TheDatabase {
            // What ended since the last look is not told one by one.
            self.service.admitted().clear();
        }
        if let Some(snapshot) = self.service.snapshot() {
            snapshot.begin_anew();
        }
        let millis = began.elapsed().as_millis();
        tracing::info!(tokens = count, resident = index.len(), millis, "the index is loaded");
        Ok(Loaded { history, seen })
    }

    async fn look(&mut self, connection: &mut Follower) -> Result<Looked> {
        let Some(Loaded { history, seen: since }) = self.loaded.clone() else {
            return Ok(Looked::InVain);
        };
        // One that found nothing tells nothing, and is not exported.
        let span =
            tracing::trace_span!(target: TRACE, parent: None, "look", tokenkeep.tokens = Empty);
        let index = self.service.index();
        let snapshot = self.service.snapshot();
        let before = self.service.now();
        let as_of = snapshot.map(|snapshot| snapshot.moment(before));
        // The lease counts from here: neither from before a load, nor from after the database was asked.
        let began = Instant::now();
        let Changed { seen, tokens, gone, all_gone, now } =
            connection.changed(&since, |scopes| index.share(&scopes)).await?;
        if all_gone {
            return Ok(Looked::InVain);
        }
        let after = self.service.now();
        let revoked = tokens.iter().filter(|known| known.record.revoked);
        let ended: Vec<TokenId> = revoked.map(|known| known.record.id).collect();
        let idle = tokens.is_empty() && gone.is_empty();
        if !idle {
            // As OpenTelemetry counts: its numbers have a sign.
            span.record("tokenkeep.tokens", i64::try_from(tokens.len()).unwrap_or(i64::MAX));
        }
        let changes = snapshot.map(|_| copies(&tokens, &gone));
        index.apply(tokens, &gone, after);
        self.service.admitted().forget(&gone);
        index.applied(&seen);
        if let Some((snapshot, changes)) = snapshot.zip(changes) {
            // After they were applied: whoever writes the whole index finds them there, or here.
            snapshot.applied(changes);
        }
        self.judge_clock(before, now, after);
        if !connection.applied(&self.verifier, &seen, &ended, self.lease()).await? {
            self.enter_again(connection).await?;
            return Ok(Looked::Applied);
        }
        if let Some(loaded) = &mut self.loaded {
            loaded.seen = seen.clone();
        }
        index.clockwork().renew(began, self.service.verify_budget());
        if let (Some(snapshot), Some(as_of), None) = (snapshot, as_of, index.barred()) {
            snapshot.agreed(Agreed { history, seen, as_of });
        }
        if idle {
            self.tidy(connection).await?;
        }
        Ok(Looked::Applied)
    }

    /// What can wait until nothing is going on.
    async fn tidy(&mut self, connection: &mut Follower) -> Result<()> {
        let index = self.service.index();
        index.set_instances(connection.count_verifiers().await?);
        if self.pruned_at.elapsed() > PRUNE {
            index.prune(self.service.now());
            self.pruned_at = Instant::now();
        }
        Ok(())
    }

    /// An instance whose clock is wrong would take expired tokens for good ones, or good ones for expired.
    fn judge_clock(&self, before: OffsetDateTime, theirs: OffsetDateTime, after: OffsetDateTime) {
        let Some(tolerance) = self.service.clock_tolerance() else { return };
        // What the look took is nobody's fault.
        let behind = theirs - after;
        let ahead = before - theirs;
        let seconds = behind.max(ahead).whole_seconds();
        let wrong = behind.max(ahead) > tolerance;
        if !self.service.index().clockwork().bar(Bar::Clock, wrong) {
            return;
        }
        if wrong {
            tracing::error!(
                seconds,
                "the clock is apart from the database's: every token is refused until both are set by NTP"
            );
        } else {
            tracing::info!("the clock agrees with the database's");
        }
    }

    /// Our row is gone: swept away, lost in a crash, or another instance's now.
    async fn enter_again(&mut self, connection: &mut Follower) -> Result<()> {
        let taken = connection.has_name(&self.verifier).await?;
        if self.service.index().clockwork().bar(Bar::Name, taken) && taken {
            let name = &self.verifier.name;
            tracing::error!(
                name,
                "another instance has this name: every token is refused; give each its own TOKENKEEP_INSTANCE, and start this one again"
            );
        }
        if !taken {
            connection.enter(&self.verifier, self.lease()).await?;
        }
        Ok(())
    }

    fn lease(&self) -> Duration {
        FRESH + self.service.verify_budget() + MARGIN
    }
}

async fn within<T>(time: Duration, doing: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(time, doing).await {
        Ok(done) => done,
        Err(_) => Err(Error::from(Fault::unavailable("the database", "no answer in time"))),
    }
}
