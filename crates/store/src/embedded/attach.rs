//! Finding a server that already runs.
//!
//! Owns the answer to "is there one, and where". Never starts one. Start reading at [`attach`].

use std::path::Path;
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::PgConnectOptions;
use tokio::time::{Instant, sleep};

use super::lock::{self, Holder};
use super::{DATABASE, EmbeddedError, cluster, ready, socket};

const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// How to connect to the server that runs on this data directory, or `None` when none does. A server that is still starting
/// is waited for, up to 30 s.
///
/// A server that was started for one command ends with it; [`super::Visit`] takes care of that, this function does not.
///
/// # Errors
/// [`EmbeddedError::NotAnswering`] when somebody holds the data directory but does not answer, and
/// [`EmbeddedError::DataDir`] when we may not even look.
pub async fn attach(data_dir: &Path) -> Result<Option<PgConnectOptions>, EmbeddedError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let Some(holder) = lock::holder(data_dir)? else {
            return Ok(None);
        };
        let refusal = match try_connect(data_dir, &holder).await {
            Ok(options) => return Ok(Some(options)),
            Err(refusal) => refusal,
        };
        if Instant::now() > deadline {
            return Err(EmbeddedError::NotAnswering {
                data_dir: data_dir.to_path_buf(),
                pid: holder.pid,
                waited_s: PATIENCE.as_secs(),
                reason: refusal,
            });
        }
        sleep(POLL).await;
    }
}

async fn try_connect(data_dir: &Path, holder: &Holder) -> Result<PgConnectOptions, String> {
    let dir = holder.socket_dir.as_deref().ok_or("it has not told where its socket is")?;
    if !socket::is_private(dir, &cluster::path_in(data_dir)) {
        return Err(format!("{} is not its private directory", dir.display()));
    }
    let options = ready::options(dir, DATABASE);
    let connection = ready::connect(&options).await.map_err(|error| error.to_string())?;
    // The answer is all we wanted.
    let _ = connection.close().await;
    Ok(options)
}
