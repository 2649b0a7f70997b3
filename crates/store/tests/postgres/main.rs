//! The store ring: what Postgres is asked and answers, each test on a database of its own.

mod commits;
mod constraints;
mod gone;
mod history;
mod list;
mod migrations;
mod people;
mod ready;
mod routes;
mod sessions;
mod uses;
