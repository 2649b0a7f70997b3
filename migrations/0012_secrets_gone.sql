-- Secrets that left the table of tokens, by whatever hand: verifiers read them as they read changed rows, and forget them. A row that is gone can say
-- nothing itself.

CREATE TABLE secrets_gone (
    id   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    -- Null is all of them: whoever has not seen this transaction loads everything anew.
    hash bytea,
    xid  xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT secrets_gone_pkey PRIMARY KEY (id),
    CONSTRAINT secrets_gone_hash_length CHECK (octet_length(hash) = 32)
);

CREATE INDEX secrets_gone_xid_idx ON secrets_gone (xid);
CREATE INDEX secrets_gone_at_idx ON secrets_gone (at);

CREATE FUNCTION tokens_mark_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    many bigint := (SELECT count(*) FROM (SELECT FROM gone LIMIT 10001) AS first);
BEGIN
    IF many = 0 THEN
        RETURN NULL;
    END IF;
    IF many > 10000 THEN
        -- To load what is left takes less than to forget so many one by one.
        INSERT INTO secrets_gone (hash) VALUES (NULL);
    ELSE
        INSERT INTO secrets_gone (hash)
        SELECT secret_hash FROM gone
        UNION ALL
        SELECT retired_hash FROM gone WHERE retired_hash IS NOT NULL;
    END IF;
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

CREATE TRIGGER tokens_mark_deleted AFTER DELETE ON tokens
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION tokens_mark_deleted();

-- A rotation moves one secret to the other column, and what was there before leaves.
CREATE FUNCTION tokens_mark_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_gone (hash)
    SELECT hash FROM (VALUES (OLD.secret_hash), (OLD.retired_hash)) AS was (hash)
    WHERE hash IS NOT NULL AND hash <> NEW.secret_hash AND hash IS DISTINCT FROM NEW.retired_hash;
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

CREATE TRIGGER tokens_mark_replaced AFTER UPDATE OF secret_hash, retired_hash ON tokens
    FOR EACH ROW
    WHEN (
        (OLD.secret_hash <> NEW.secret_hash AND OLD.secret_hash IS DISTINCT FROM NEW.retired_hash)
        OR (OLD.retired_hash IS NOT NULL AND OLD.retired_hash <> NEW.secret_hash AND OLD.retired_hash IS DISTINCT FROM NEW.retired_hash)
    )
    EXECUTE FUNCTION tokens_mark_replaced();

CREATE FUNCTION secrets_gone_mark_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_gone (hash) VALUES (NULL);
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

CREATE TRIGGER tokens_mark_truncated AFTER TRUNCATE ON tokens
    FOR EACH STATEMENT EXECUTE FUNCTION secrets_gone_mark_all();
