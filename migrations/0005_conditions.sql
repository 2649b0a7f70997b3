-- When, from where and how often a token may be used, and the secret that a rotation leaves behind. All of it may be absent.

ALTER TABLE tokens
    ADD COLUMN not_before       timestamptz,
    ADD COLUMN disabled_at      timestamptz,
    -- Networks that it may be used from; null is everywhere.
    ADD COLUMN allowed_cidrs    cidr[],
    -- At most so many requests in so many seconds.
    ADD COLUMN rate_requests    integer,
    ADD COLUMN rate_seconds     integer,
    -- The secret before the last rotation, and when it stops working.
    ADD COLUMN retired_hash     bytea,
    ADD COLUMN retired_until    timestamptz,
    -- The transaction that last wrote the row: verifiers ask for what their last look could not see yet. A number from a sequence would be
    -- given before the commit, so that a later one may become visible first.
    ADD COLUMN changed_xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD CONSTRAINT tokens_retired_hash_key UNIQUE (retired_hash),
    ADD CONSTRAINT tokens_retired_hash_length CHECK (octet_length(retired_hash) = 32),
    ADD CONSTRAINT tokens_retired_whole CHECK ((retired_hash IS NULL) = (retired_until IS NULL)),
    ADD CONSTRAINT tokens_rate_whole CHECK ((rate_requests IS NULL) = (rate_seconds IS NULL)),
    ADD CONSTRAINT tokens_rate_range CHECK (rate_requests BETWEEN 1 AND 1000000 AND rate_seconds BETWEEN 1 AND 86400),
    ADD CONSTRAINT tokens_allowed_cidrs_some CHECK (cardinality(allowed_cidrs) > 0 AND array_position(allowed_cidrs, NULL) IS NULL),
    ADD CONSTRAINT tokens_not_before_writable
        CHECK (not_before >= '0001-01-01 00:00+00' AND not_before < '9999-12-31 00:00+00');

CREATE INDEX tokens_changed_xid_idx ON tokens (changed_xid);

-- Whoever writes the row, also by hand: no change escapes the verifiers.
CREATE FUNCTION tokens_mark_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE TRIGGER tokens_mark_changed BEFORE INSERT OR UPDATE ON tokens
    FOR EACH ROW EXECUTE FUNCTION tokens_mark_changed();
