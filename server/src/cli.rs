//! The command line of the server's machine.
//!
//! Owns the parsing of arguments and what is printed. Each command opens the database, calls one use case, and prints its answer.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod admin;
mod doctor;
mod serve;

use crate::boot::{self, Stop};
use crate::config::{self, Config, Environment};
use crate::trace::Traces;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// A self-hosted console for API tokens.
#[derive(Parser)]
#[command(name = "tokenkeep", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console and the API
    Serve,
    /// Apply the migrations that the database misses
    Migrate,
    /// Check the configuration, the mirrors, the database, the keys and the clock
    Doctor {
        /// Write, read and delete one object at each mirror, in place of listing it
        #[arg(long)]
        probe: bool,
    },
    /// Work with encryption keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Set up access, beside a running server or without one
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Print what the documentation is made from
    #[command(subcommand, hide = true)]
    Print(PrintCommand),
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Print a new Fernet key
    Generate,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make the first owner without the browser
    CreateOwner {
        /// The owner's e-mail address
        #[arg(long)]
        email: String,
        /// A file that holds the password, at least 12 characters
        #[arg(long)]
        password_file: PathBuf,
    },
    /// Print a new management API key, with the owner's rights unless it has scopes
    ApiKey {
        /// What the key is called
        #[arg(long)]
        name: String,
        /// In how many days it expires, 1 to 3650; never if absent
        #[arg(long)]
        expires_days: Option<i64>,
        /// What the key may do, and nothing else: verify
        #[arg(long = "scope")]
        scopes: Vec<String>,
    },
    /// List the management API keys, without their secrets
    ListKeys,
    /// End a management API key
    RevokeKey {
        /// The key's id or its name
        id_or_name: String,
    },
}

#[derive(Subcommand)]
enum PrintCommand {
    /// The OpenAPI document
    Openapi,
    /// docs/configuration.md
    Configuration,
    /// docs/tokenkeep.toml
    ConfigFile,
}

/// What a command may use of its surroundings.
struct Context {
    config: Config,
    path: Option<String>,
    traces: Option<Traces>,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    crate::memory::give_back_what_is_large();
    let arguments = Arguments::parse();
    let environment: Environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    match run(arguments.command, &environment) {
        Ok(code) => code,
        Err(Stop(reason)) => {
            eprintln!("{}", reason.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, environment: &Environment) -> Result<ExitCode, Stop> {
    match &command {
        Command::Key(KeyCommand::Generate) => println!("{}", *vault::Sealer::generate_key()),
        Command::Print(PrintCommand::Openapi) => println!("{}", crate::http::openapi::json()),
        Command::Print(PrintCommand::Configuration) => print!("{}", config::docs::markdown()),
        Command::Print(PrintCommand::ConfigFile) => print!("{}", config::docs::default_file()),
        _ => return with_config(command, environment),
    }
    Ok(ExitCode::SUCCESS)
}

fn with_config(command: Command, environment: &Environment) -> Result<ExitCode, Stop> {
    let config = match config::read::read(environment) {
        Ok(config) => config,
        Err(problems) => return Err(Stop(problems.to_string())),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::because("The program cannot start its threads", &error))?;
    let traces = match command {
        Command::Serve => boot::traces(&config, runtime.handle())?,
        _ => None,
    };
    crate::logging::start(&config.log, traces.as_ref());
    let context = Context { config, path: environment.get("PATH").cloned(), traces };
    runtime.block_on(async {
        match command {
            Command::Serve => serve::serve(context).await.map(|()| ExitCode::SUCCESS),
            Command::Migrate => migrate(&context).await.map(|()| ExitCode::SUCCESS),
            Command::Doctor { probe } => doctor::doctor(&context, probe).await,
            Command::Admin(command) => {
                admin::admin(&context, command).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Key(_) | Command::Print(_) => Ok(ExitCode::SUCCESS),
        }
    })
}

async fn migrate(context: &Context) -> Result<(), Stop> {
    let database =
        boot::open_database_beside(&context.config, context.path.as_deref(), boot::PATIENCE)
            .await?;
    let migrated = boot::migrate(&database.store).await;
    database.close().await;
    migrated?;
    println!("The database is up to date.");
    Ok(())
}
