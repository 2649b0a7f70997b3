//! Sessions behind `tower-sessions`.

use domain::OffsetDateTime;
use sqlx::PgPool;
use store::Store;
use time::macros::datetime;
use tower_sessions::SessionStore as _;
use tower_sessions::session::{Id, Record};

const LATER: OffsetDateTime = datetime!(9000-01-01 0:00 UTC);
const PAST: OffsetDateTime = datetime!(2001-01-01 0:00 UTC);

fn record(id: i128, expiry_date: OffsetDateTime) -> Record {
    let data = [("user_id".to_owned(), "somebody".into())].into();
    Record { id: Id(id), data, expiry_date }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_is_kept_until_it_is_deleted(pool: PgPool) {
    let store = Store::on(pool);
    let mut new = record(7, LATER);
    store.create(&mut new).await.expect("created");
    assert_eq!(store.load(&Id(7)).await.expect("an answer"), Some(new));
    let mut changed = record(7, LATER);
    changed.data.insert("seen_at".to_owned(), 1.into());
    store.save(&changed).await.expect("saved");
    assert_eq!(store.load(&Id(7)).await.expect("an answer"), Some(changed));
    store.delete(&Id(7)).await.expect("deleted");
    assert_eq!(store.load(&Id(7)).await.expect("an answer"), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_id_itself_is_not_stored(pool: PgPool) {
    let store = Store::on(pool.clone());
    let mut new = record(0x0123_4567_89ab_cdef, LATER);
    store.create(&mut new).await.expect("created");
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT s::text FROM sessions s").fetch_all(&pool).await.expect("rows");
    let id = new.id.to_string();
    let hex = format!("{:032x}", new.id.0);
    let swapped: String = new.id.0.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(rows.len(), 1);
    for form in [id, hex, swapped, new.id.0.to_string()] {
        assert!(!rows[0].contains(&form), "{form}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_late_save_does_not_bring_a_session_back(pool: PgPool) {
    let store = Store::on(pool);
    let mut new = record(7, LATER);
    store.create(&mut new).await.expect("created");
    store.delete(&new.id).await.expect("deleted");
    store.save(&new).await.expect("nothing to save");
    assert_eq!(store.load(&new.id).await.expect("an answer"), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_run_out_is_not_loaded(pool: PgPool) {
    let store = Store::on(pool);
    store.create(&mut record(7, PAST)).await.expect("created");
    assert_eq!(store.load(&Id(7)).await.expect("an answer"), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_id_that_is_taken_is_drawn_again(pool: PgPool) {
    let store = Store::on(pool);
    store.create(&mut record(7, LATER)).await.expect("created");
    let mut second = record(7, LATER);
    store.create(&mut second).await.expect("created");
    assert_ne!(second.id, Id(7));
    assert!(store.load(&second.id).await.expect("an answer").is_some());
}
