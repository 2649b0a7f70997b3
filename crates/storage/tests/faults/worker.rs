//! Another process that brings a place to a goal, until somebody kills it: this very test program, told by its environment what to do.

use super::goal::{self, Goal};
use crate::git::Remote;
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use storage::postgres::Schema;
use storage::{Files, Git, Kv, Place, Postgres, S3};

/// Where its orders are.
const ORDERS: &str = "TOKENKEEP_TEST_WORKER";
/// How many objects it puts at a time.
const BATCH: usize = 4;

/// Orders to bring what is at a directory to a goal.
pub fn at_files(path: &Path) -> Value {
    json!({ "kind": "files", "path": path })
}

/// In a repository, with programs from there.
pub fn at_git(remote: &Remote, search_path: &str) -> Value {
    json!({ "kind": "git", "remote": remote.path(), "local": remote.0.path().join("data"), "path": search_path })
}

/// In a place that a server keeps.
pub fn at_server(kind: &str, at: &str) -> Value {
    json!({ "kind": kind, "at": at })
}

/// The place of these orders.
pub fn place(orders: &Value) -> Place {
    let text = |name: &str| orders[name].as_str().expect(name);
    match text("kind") {
        "files" => Place::Files(Files::new(text("path"))),
        "git" => {
            let settings = crate::git::settings(text("remote"), text("local").into());
            let search_path = text("path").to_owned();
            Place::Git(Git::new(storage::git::Settings { search_path, ..settings }))
        }
        "s3" => {
            let settings = crate::s3::servers::settings(text("at"), "mirror");
            Place::S3(S3::new(settings).expect("a client"))
        }
        "kv" => {
            let settings = crate::kv::server::settings(text("at"));
            Place::Kv(Kv::new(settings).expect("a client"))
        }
        _ => {
            let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
            let options: PgConnectOptions = url.parse().expect("a URL");
            Place::Postgres(Postgres::new(options.database(text("at")), Schema::default()))
        }
    }
}

/// The goal of these orders.
pub fn goal_of(orders: &Value) -> Goal {
    let number = |name: &str| orders[name].as_u64().and_then(|n| usize::try_from(n).ok());
    let mut goal = goal::goal(number("goal").expect("a goal"), number("size").expect("a size"));
    if orders["large"].as_bool() == Some(true) {
        let odd = (0..2_500_u32).map(|n| format!("{:08x}", n.wrapping_mul(2_654_435_761)));
        goal.insert("tokens/0005-large.json".to_owned(), odd.collect::<String>().into_bytes());
    }
    goal
}

/// The other process.
#[tokio::test]
async fn at_work() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let orders: Value = serde_json::from_str(&orders).expect("orders");
    let asks = orders["asks"].as_bool() == Some(true);
    let (place, goal) = (place(&orders), goal_of(&orders));
    let done = goal::run(&place, &goal, BATCH, |step| {
        if asks {
            say(&format!("step {step}"));
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).expect("an answer");
        }
    });
    match done.await {
        Ok(()) => say("done"),
        Err(error) => say(&format!("failed {:?} {error}", error.class)),
    }
}

/// On a line of its own, whatever the test runner says.
fn say(what: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("\n{what}\n").as_bytes()).expect("somebody listens");
    out.flush().expect("somebody listens");
}

/// It, as whoever gave the orders sees it. Killed when it is dropped.
pub struct Worker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    answers: ChildStdin,
}

impl Worker {
    pub fn start(orders: &Value) -> Self {
        Self::start_by(&mut Command::new(std::env::current_exe().expect("this program")), orders)
    }

    /// Whose files may have that many blocks of 512 bytes.
    pub fn limited(orders: &Value, blocks: usize) -> Self {
        let mut shell = Command::new("sh");
        // Else the first write beyond it would end the process.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        shell.arg("-c").arg(script).arg(std::env::current_exe().expect("this program"));
        Self::start_by(&mut shell, orders)
    }

    /// For whom the modes of files hold, as they do not for root.
    pub fn bound(orders: &Value) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        if rustix::process::geteuid().is_root() {
            command = Command::new("setpriv");
            command.args(["--bounding-set=-dac_override,-dac_read_search", "--"]);
            command.arg(std::env::current_exe().expect("this program"));
        }
        Self::start_by(&mut command, orders)
    }

    fn start_by(command: &mut Command, orders: &Value) -> Self {
        let command = command.args(["--exact", "faults::worker::at_work", "--nocapture"]);
        let command = command.env(ORDERS, orders.to_string()).stderr(Stdio::null());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let answers = child.stdin.take().expect("its input");
        Self { child, lines, answers }
    }

    /// What it says next: `step …` when it asks, `done` or `failed …` at its end; `None` when it was killed.
    pub fn says(&mut self) -> Option<String> {
        let said = ["step ", "done", "failed "];
        self.lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| said.iter().any(|s| line.starts_with(s)))
    }

    /// Lets it go on.
    pub fn go_on(&mut self) {
        self.answers.write_all(b"\n").expect("it listens");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
