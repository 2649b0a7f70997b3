//! `tokenkeep doctor`: is everything as it should be, and if not, what to do?

use super::Context;
use crate::boot::{self, Stop};
use crate::http::{site, waiting::shown};
use service::mirror::{Target, kept};
use service::verify::snapshot::{self, Unreadable, Unusable, inspect};
use std::process::ExitCode;
use std::time::Duration;
use store::Store;

/// Clocks that are further apart make tokens expire at different times on different machines.
const CLOCK_APART_MAX: time::Duration = time::Duration::seconds(5);

/// How long a database may take to answer. Somebody is waiting for what the doctor says, so that it is less than what a server that starts gives it.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    fn good(&mut self, what: &str, text: &str) {
        println!("ok    {what}: {text}");
    }

    fn bad(&mut self, what: &str, text: &str) {
        self.failed = true;
        println!("fail  {what}: {text}");
    }

    fn note(&mut self, what: &str, text: &str) {
        println!("note  {what}: {text}");
    }
}

/// Checks each thing, and says how to mend it.
///
/// With `probe` each mirror is written to.
pub(super) async fn doctor(context: &Context, probe: bool) -> Result<ExitCode, Stop> {
    let mut report = Report::default();
    report.good("configuration", "every setting can be read");
    match site::find(context.config.site_dir.as_deref()) {
        Some(dir) => report.good("console", &format!("its files are in {}", dir.display())),
        None => {
            report.bad("console", "its files are not beside the program; set TOKENKEEP_SITE_DIR")
        }
    }
    check_snapshot(&mut report, context);
    let look = if probe { Look::Probe } else { Look::List };
    check_mirrors(&mut report, context, look).await;
    match boot::open_database_beside(&context.config, context.path.as_deref(), PATIENCE).await {
        Err(Stop(reason)) => report.bad("database", &reason),
        Ok(database) => {
            check_database(&mut report, &database.store).await;
            check_keys(&mut report, context, &database.store).await;
            check_clock(&mut report, &database.store).await;
            check_added(&mut report, context, &database.store, look).await;
            database.close().await;
        }
    }
    Ok(if report.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether a server could start from the snapshot now. One that runs makes it younger each second.
fn check_snapshot(report: &mut Report, context: &Context) {
    let what = "snapshot";
    let Some(settings) = boot::snapshot(&context.config) else {
        return report.note(
            what,
            "none is kept; with TOKENKEEP_SNAPSHOT_PATH a server can start while its database is away",
        );
    };
    if context.config.verify_budget.is_zero() {
        return report.note(
            what,
            "none is kept, since TOKENKEEP_VERIFY_BUDGET_SECONDS is 0: nothing is verified without the database",
        );
    }
    let keys = match boot::encryption(&context.config) {
        Ok((Some(sealer), _)) => snapshot::keys(&sealer),
        Ok((None, _)) => return report.bad(what, "it needs TOKEN_ENCRYPTION_KEY"),
        Err(Stop(reason)) => return report.bad(what, &reason),
    };
    #[expect(clippy::disallowed_methods, reason = "its age is asked for")]
    let now = time::OffsetDateTime::now_utc();
    let path = settings.path.display().to_string();
    match inspect(&settings, &keys, context.config.verify_budget, now) {
        Ok(usable) => report.good(
            what,
            &format!(
                "{path}: {} tokens as of {} s ago; a server can start from it until {}",
                usable.tokens,
                (now - usable.as_of).whole_seconds(),
                shown(usable.good_until)
            ),
        ),
        Err(unusable @ (Unusable::Unreadable(Unreadable::Absent) | Unusable::Old(_))) => {
            report.note(
                what,
                &format!("{path}: {unusable}; a server that runs writes it each second"),
            );
        }
        Err(unusable) => report.bad(
            what,
            &format!("{path}: {unusable}; a server that starts with its database writes it anew"),
        ),
    }
}

/// How a mirror is looked at.
#[derive(Clone, Copy)]
enum Look {
    List,
    Probe,
}

/// Whether each configured mirror can be used, with the credentials that are configured for it.
async fn check_mirrors(report: &mut Report, context: &Context, look: Look) {
    let targets = match boot::mirrors(&context.config) {
        Ok(targets) => targets,
        Err(Stop(reason)) => return report.bad("mirrors", &reason),
    };
    for target in targets {
        check_mirror(report, &target, look).await;
    }
}

async fn check_mirror(report: &mut Report, target: &Target, look: Look) {
    let (what, place) = (format!("mirror {}", target.name()), target.describe());
    match look {
        Look::List => match target.count().await {
            Ok(objects) => report.good(&what, &format!("{place}: it has {objects} objects")),
            Err(error) => report.bad(&what, &format!("{place}: {error}")),
        },
        Look::Probe => match target.probe().await.failed {
            None => {
                let said = "an object was written, read and deleted";
                report.good(&what, &format!("{place}: {said}"));
            }
            Some(failed) => {
                let step = failed.step.map_or_else(String::new, |step| format!("{step}: "));
                report.bad(&what, &format!("{place}: {step}{}", failed.failure.said));
            }
        },
    }
}

/// The same of those that people added, and whether their secrets can be opened.
async fn check_added(report: &mut Report, context: &Context, store: &Store, look: Look) {
    // Missing migrations are told already.
    if store.ready().await.is_err() {
        return;
    }
    let service = match boot::service(&context.config, store) {
        Ok(service) => service,
        Err(Stop(reason)) => return report.bad("mirrors", &reason),
    };
    let all = match kept::list(&service).await {
        Ok(all) => all,
        Err(error) => return report.bad("mirrors", &Stop::from(error).0),
    };
    for kept in all {
        let what = format!("mirror {}", kept.name());
        match kept.make(&service) {
            Ok(target) => check_mirror(report, &target, look).await,
            Err(failure) => report.bad(&what, &failure.said),
        }
        if kept.needs_an_earlier_key(&service) {
            report.note(
                &what,
                "its secrets are sealed with an earlier key; save it once in the console before you take that key away",
            );
        }
    }
}

async fn check_database(report: &mut Report, store: &Store) {
    match store.server_version().await {
        Ok(version) => report.good("database", &format!("Postgres {} answers", version / 10_000)),
        Err(error) => report.bad("database", &error.to_string()),
    }
    match store.ready().await {
        Ok(()) => report.good("migrations", "all are applied"),
        Err(error) => report.bad("migrations", &error.to_string()),
    }
}

async fn check_keys(report: &mut Report, context: &Context, store: &Store) {
    let has_key = context.config.encryption_keys.is_some()
        || (context.config.database_url.is_none()
            && boot::generated_key_path(&context.config.data_dir).exists());
    if !has_key {
        return report.note(
            "encryption key",
            "none yet; with the embedded database `serve` makes one, else set TOKEN_ENCRYPTION_KEY to let tokens be revealed",
        );
    }
    let sealer = match boot::encryption(&context.config) {
        Ok((Some(sealer), _)) => sealer,
        Ok((None, _)) => return,
        Err(Stop(reason)) => return report.bad("encryption key", &reason),
    };
    let tokens = store
        .sealed_samples()
        .await
        .map(|sealed| sealed.iter().map(|sealed| sealer.open(sealed).is_ok()).collect::<Vec<_>>());
    let routes = service::route::opens_samples(&sealer, store).await;
    // Each with what it is told as.
    for (told_as, what, opened) in
        [("encryption key", "token", tokens), ("routes", "secret of a route", routes)]
    {
        tell_sealed(report, (told_as, what), opened);
    }
}

/// Whether the oldest and the newest of what is sealed of a kind are opened.
fn tell_sealed(
    report: &mut Report,
    (told_as, what): (&str, &str),
    opened: store::Result<Vec<bool>>,
) {
    match opened {
        Ok(opened) if opened.is_empty() => {
            report.good(told_as, &format!("the encryption key can be read; no {what} is sealed yet"));
        }
        Ok(opened) if opened.iter().all(|opened| *opened) => {
            let told = format!("the encryption key opens the oldest and the newest sealed {what}");
            report.good(told_as, &told);
        }
        Ok(_) => report.bad(
            told_as,
            &format!(
                "the encryption key does not open every sealed {what}; add the earlier key to TOKEN_ENCRYPTION_KEY, after the new one"
            ),
        ),
        Err(error) => report.bad(told_as, &error.to_string()),
    }
}

async fn check_clock(report: &mut Report, store: &Store) {
    #[expect(clippy::disallowed_methods, reason = "the machine's clock is what is checked")]
    let ours = time::OffsetDateTime::now_utc();
    match store.now().await {
        Ok(theirs) => {
            let apart = (ours - theirs).abs();
            if apart > CLOCK_APART_MAX {
                report.bad(
                    "clock",
                    &format!(
                        "{} s apart from the database's; set both by NTP",
                        apart.whole_seconds()
                    ),
                );
            } else {
                report.good("clock", "it agrees with the database's");
            }
        }
        Err(error) => report.bad("clock", &error.to_string()),
    }
}
