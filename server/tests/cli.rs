//! The command line, as the built program answers it. Start at [`program`].

#[path = "cli/admin.rs"]
mod admin;
#[path = "cli/configuration.rs"]
mod configuration;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/generated.rs"]
mod generated;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/server.rs"]
mod server;
#[path = "cli/traces.rs"]
mod traces;
