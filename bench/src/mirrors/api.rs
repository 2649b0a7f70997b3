//! Tokenkeep with mirrors, as whoever runs it asks it.

use crate::Result;
use crate::client::{Connection, Request};
use crate::program::{Program, binary};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::process::Command;

/// Between two questions.
const LOOK: Duration = Duration::from_millis(10);
/// Nothing takes longer.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// A server, and the key to it.
pub struct Api {
    pub program: Program,
    key: String,
}

/// A run that is over.
pub struct Ran {
    pub seconds: f64,
    pub put: u64,
    pub calls: u64,
}

impl Api {
    /// Starts it on that database, with these settings, which say where its mirrors are; it signs what it writes.
    pub async fn start(
        database: &str,
        key: &str,
        settings: impl IntoIterator<Item = &(&'static str, String)>,
    ) -> Result<Self> {
        let mut command = Command::new(binary());
        // Any will do: nothing here is secret.
        command.env("TOKEN_ENCRYPTION_KEY", "dG9rZW5rZWVwLWJlbmNobWFyay1rZXktMzItYnl0ZXM=");
        command.envs(settings.into_iter().map(|(name, value)| (name, value)));
        let program = Program::instance_by(command, "bench", database).await?;
        Ok(Self { program, key: key.to_owned() })
    }

    /// The JSON that a request is answered with.
    pub async fn ask(&self, request: Request) -> Result<Value> {
        let request = request.bearer(&self.key);
        let answer = Connection::open(self.program.address).await?.send(&request).await?;
        if !(200..300).contains(&answer.status) {
            return Err(format!("status {}", answer.status).into());
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    /// Makes a team: its id.
    pub async fn team(&self, name: &str) -> Result<String> {
        let team = self.ask(Request::post("/api/teams").json(&json!({ "name": name }))).await?;
        Ok(team["id"].as_str().ok_or("an id")?.to_owned())
    }

    /// Makes a token: its id, and its secret.
    pub async fn make(&self, team: &str, name: &str) -> Result<(String, String)> {
        let body = json!({ "name": name, "team_id": team, "scopes": ["images", "svc:1"] });
        let made = self.ask(Request::post("/api/tokens").json(&body)).await?;
        let text = |name: &str| made[name].as_str().map(str::to_owned).ok_or("a text");
        Ok((text("id")?, text("token")?))
    }

    /// Revokes one.
    pub async fn revoke(&self, id: &str) -> Result<()> {
        self.ask(Request::post(&format!("/api/tokens/{id}/revoke")).json(&json!({})))
            .await
            .map(drop)
    }

    /// Asks something of a mirror: `push`, `pause`, `resume`.
    pub async fn tell(&self, mirror: &str, what: &str) -> Result<()> {
        let path = format!("/api/mirrors/{mirror}/{what}");
        self.ask(Request::post(&path).json(&json!({}))).await.map(drop)
    }

    async fn mirror(&self, name: &str) -> Result<Value> {
        self.ask(Request::get(&format!("/api/mirrors/{name}"))).await
    }

    /// Waits until a mirror has all, and nothing is asked of it; as it is then.
    pub async fn current(&self, name: &str) -> Result<Value> {
        self.until(name, |mirror| mirror["status"] == "current" && mirror["asked"].is_null()).await
    }

    async fn until(&self, name: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let began = Instant::now();
        loop {
            // It is not there for a moment after the start.
            let mirror = self.mirror(name).await.unwrap_or(Value::Null);
            if is(&mirror) {
                return Ok(mirror);
            }
            if let Some(error) = mirror["last_error"].as_str() {
                return Err(format!("{name}: {error}").into());
            }
            if began.elapsed() > LIMIT {
                return Err(format!("{name} is not done").into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until a mirror is current; its newest run that put so many.
    pub async fn ran(&self, name: &str, put: u64) -> Result<Ran> {
        let done = |mirror: &Value| mirror["status"] == "current" && run(mirror, put).is_some();
        let mirror = self.until(name, done).await?;
        let run = run(&mirror, put).ok_or("a run")?;
        let at =
            |name: &str| OffsetDateTime::parse(run[name].as_str().unwrap_or_default(), &Rfc3339);
        Ok(Ran {
            seconds: (at("ended_at")? - at("began_at")?).as_seconds_f64(),
            put,
            calls: run["calls"].as_u64().ok_or("calls")?,
        })
    }
}

fn run(mirror: &Value, put: u64) -> Option<&Value> {
    mirror["runs"].as_array()?.iter().find(|run| run["put"] == put)
}
