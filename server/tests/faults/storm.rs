//! The storm.

use crate::client::post;
use crate::cluster::Cluster;
use crate::fault::Fault;
use crate::history::History;
use crate::poll::until;
use crate::server::Server;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Rounds, each with one fault.
const ROUNDS: usize = 30;
/// What clients hear before the fault of a round, and after the last one.
const DEEDS: usize = 12;
/// Clients that create, verify and revoke.
const CLIENTS: usize = 4;

/// What a client needs.
#[derive(Clone)]
struct World {
    servers: Vec<(String, SocketAddr)>,
    key: Arc<str>,
    team: Arc<str>,
    history: Arc<History>,
    over: Arc<AtomicBool>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_deed_is_lost() {
    let mut cluster = Cluster::start().await;
    let options = cluster.options();
    let database = cluster.url();
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    let mut servers = vec![
        Server::start("tokens-1", &database).await,
        Server::start("tokens-2", &database).await,
    ];
    let world = settle(&servers).await;

    let clients: Vec<_> =
        (0..CLIENTS).map(|seed| tokio::spawn(client(world.clone(), seed))).collect();
    for round in 0..ROUNDS {
        more_deeds(&world).await;
        let postgres = cluster.directory();
        Fault::of(round).happen(round, &mut servers, &postgres, &pool).await;
        let wrongs = world.history.wrongs();
        assert!(wrongs.is_empty(), "round {round}, {:?}: {wrongs:#?}", Fault::of(round));
    }
    more_deeds(&world).await;
    world.over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("a client");
    }
    judge(&world).await;
    drop(servers);
    pool.close().await;
    cluster.stop().await;
}

/// Lets the storm blow for a while.
async fn more_deeds(world: &World) {
    let enough = world.history.deeds() + DEEDS;
    until("clients are told something", async || world.history.deeds() >= enough).await;
}

async fn settle(servers: &[Server]) -> World {
    let key = servers[0].command(&["admin", "api-key", "--name", "storm"]).await;
    let team =
        post(servers[0].address, "/api/teams", Some(&key), &json!({ "name": "storm" })).await;
    let team = team.and_then(|(_, team)| team["id"].as_str().map(str::to_owned)).expect("a team");
    World {
        servers: servers.iter().map(|server| (server.name.clone(), server.address)).collect(),
        key: key.into(),
        team: team.into(),
        history: Arc::default(),
        over: Arc::default(),
    }
}

/// Creates, verifies and ends tokens, now at one server and now at the other, until the storm is over.
async fn client(world: World, seed: usize) {
    let mut n = seed;
    while !world.over.load(Ordering::Relaxed) {
        n += CLIENTS;
        let server = world.servers[n / CLIENTS % world.servers.len()].clone();
        match n / CLIENTS % 5 {
            0 | 1 => create(&world, &server, n).await,
            2 => verify(&world, false, &server, n).await,
            3 => end(&world, &server, n, n.is_multiple_of(2)).await,
            _ => verify(&world, true, &server, n).await,
        }
    }
}

async fn create(world: &World, server: &(String, SocketAddr), n: usize) {
    let body = json!({ "name": format!("job {n}"), "team_id": &*world.team, "scopes": ["*"] });
    match post(server.1, "/api/tokens", Some(&world.key), &body).await {
        Some((201, made)) => {
            let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
            world.history.created(&text("id"), &text("token"));
        }
        // Who was not told does not know.
        _ => tokio::task::yield_now().await,
    }
}

async fn verify(world: &World, ended: bool, server: &(String, SocketAddr), n: usize) {
    let Some((id, known)) = world.history.some(ended, n) else { return };
    let began = Instant::now();
    let body = json!({ "token": known.secret });
    if let Some((200, verdict)) = post(server.1, "/api/verify", None, &body).await {
        let code = verdict["code"].as_str().unwrap_or_default();
        world.history.answered(&id, began, &server.0, code);
    }
}

async fn end(world: &World, server: &(String, SocketAddr), n: usize, wait: bool) {
    let Some((id, known)) = world.history.some(false, n) else { return };
    world.history.end_asked(&id);
    let path = format!("/api/tokens/{id}/revoke?wait={wait}");
    let Some((200, revoked)) = post(server.1, &path, Some(&world.key), &json!({})).await else {
        return;
    };
    let refused = revoked["receipt"]["refused_by_every_verifier"] == true;
    world.history.ended(&id, refused);
    if !refused {
        return;
    }
    // The receipt is believed at once, everywhere.
    for (name, address) in &world.servers {
        let began = Instant::now();
        let body = json!({ "token": known.secret });
        if let Some((200, verdict)) = post(*address, "/api/verify", None, &body).await {
            let code = verdict["code"].as_str().unwrap_or_default();
            world.history.answered(&id, began, name, code);
        }
    }
}

/// Reads the history, once all is calm.
async fn judge(world: &World) {
    let tokens = world.history.tokens();
    let ended = tokens.iter().filter(|(_, known)| known.ended).count();
    let proven = tokens.iter().filter(|(_, known)| known.refused_since.is_some()).count();
    assert!(
        tokens.len() > ROUNDS && ended > ROUNDS && proven > 0,
        "the storm was none: {} tokens, {ended} ended, {proven} with a whole receipt",
        tokens.len()
    );
    for (id, known) in &tokens {
        for (name, address) in &world.servers {
            let body = json!({ "token": known.secret });
            let answer = post(*address, "/api/verify", None, &body).await;
            let code = answer.map(|(_, verdict)| verdict["code"].clone()).unwrap_or_default();
            let right =
                if known.ended { code == "revoked" } else { known.end_asked || code == "valid" };
            if !right {
                world.history.wrong(format!("{name} says {code} of {id}: {known:?}"));
            }
        }
    }
    let wrongs = world.history.wrongs();
    assert!(wrongs.is_empty(), "{wrongs:#?}");
}
