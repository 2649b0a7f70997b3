//! What is said to the foreign server. All of it without the schema's name: the transaction's `search_path` has it.

/// For this transaction alone: where the table is, and how long a statement may take. `$1` is the schema, quoted. A temporary table of another
/// client, left in a connection that a pooler shares, comes last.
pub(super) const SETTINGS: &str = "select set_config('search_path', $1 || ', pg_temp', true), \
    set_config('statement_timeout', '30s', true), set_config('lock_timeout', '10s', true)";

/// What there is: the schema `$1`, its table, and whether it holds Tokenkeep's own tables. Needs no right in the schema.
pub(super) const LOOK: &str = "select \
    exists (select from pg_namespace where nspname = $1), \
    exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace \
            where n.nspname = $1 and c.relname = 'objects'), \
    (select count(*) = 3 from pg_class c join pg_namespace n on n.oid = c.relnamespace \
            where n.nspname = $1 and c.relname in ('_sqlx_migrations', 'tokens', 'revocations'))";

/// Makes the table.
pub(super) const MAKE: &str = "create table if not exists objects (\
    key text collate \"C\" primary key, content bytea not null, \
    expires_at timestamptz, written_at timestamptz not null)";

/// The first `$4` after `$3` of what is in a directory and not below it: its keys are from `$1`, its path with a slash, to `$2`.
pub(super) const LIST: &str = "select key, sha256(content) from objects \
    where key collate \"C\" > $3 and key collate \"C\" < $2 \
    and position('/' in substr(key, length($1) + 1)) = 0 order by key collate \"C\" limit $4";

/// A content, unless it is larger than `$2`.
pub(super) const GET: &str =
    "select case when octet_length(content) <= $2 then content end from objects where key = $1";

/// Puts a batch.
pub(super) const PUT: &str = "insert into objects (key, content, expires_at, written_at) \
    select batch.key, batch.content, batch.expires_at, now() \
    from unnest($1::text[], $2::bytea[], $3::timestamptz[]) as batch (key, content, expires_at) \
    on conflict (key) do update set content = excluded.content, \
    expires_at = excluded.expires_at, written_at = excluded.written_at";

/// Deletes a batch.
pub(super) const DELETE: &str = "delete from objects where key = any($1::text[])";
