-- What mirrors are told apart by: why a secret left, what exactly a person confirmed, and what others wrote there.

-- Why a row of secrets_gone is there: the token's row was deleted, a rotation dropped the secret, or it is a management key, which no mirror has.
ALTER TABLE secrets_gone
    ADD COLUMN why text NOT NULL DEFAULT 'deleted',
    ADD CONSTRAINT secrets_gone_why_known CHECK (why IN ('deleted', 'replaced', 'key'));
UPDATE secrets_gone AS g SET why = 'key' WHERE EXISTS (SELECT FROM management_keys AS k WHERE k.secret_hash = g.hash);

ALTER TABLE secrets_ended ADD COLUMN replaced boolean NOT NULL DEFAULT false;
DELETE FROM secrets_ended AS e USING management_keys AS k WHERE k.secret_hash = e.hash;

-- As in 0012.
CREATE OR REPLACE FUNCTION tokens_mark_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_gone (hash, why)
    SELECT hash, 'replaced' FROM (VALUES (OLD.secret_hash), (OLD.retired_hash)) AS was (hash)
    WHERE hash IS NOT NULL AND hash <> NEW.secret_hash AND hash IS DISTINCT FROM NEW.retired_hash;
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION secrets_gone_mark_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_gone (hash, why) VALUES (NULL, CASE TG_TABLE_NAME WHEN 'management_keys' THEN 'key' ELSE 'deleted' END);
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

-- As in 0013.
CREATE OR REPLACE FUNCTION management_keys_mark_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_gone (hash, why) VALUES (OLD.secret_hash, 'key');
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

-- What is truncated is still there before: without its hashes a mirror could not tell what it has from what somebody else wrote.
CREATE FUNCTION tokens_keep_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_ended (hash)
    SELECT secret_hash FROM tokens
    UNION
    SELECT retired_hash FROM tokens WHERE retired_hash IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER tokens_keep_truncated BEFORE TRUNCATE ON tokens
    FOR EACH STATEMENT EXECUTE FUNCTION tokens_keep_truncated();

-- How many a mirror should have is counted after each run: of many tokens most have ended, and those are not in it.
CREATE INDEX tokens_kept_idx ON tokens (expires_at) WHERE revoked_at IS NULL AND disabled_at IS NULL AND uses_count IS NULL;
-- What was revoked within the last hour is told in each head.
CREATE INDEX tokens_revoked_at_idx ON tokens (revoked_at) WHERE revoked_at IS NOT NULL;

ALTER TABLE mirrors
    -- What the held deletes are known by, and the foreign records: whoever confirms a list confirms that list.
    ADD COLUMN held_digest    bytea,
    ADD COLUMN foreign_digest bytea,
    -- When the routes were first written there that it has.
    ADD COLUMN routes_at      timestamptz,
    -- Routes there that nobody here made: [{"path", "code"?}], with why one cannot be adopted. They count as foreign too.
    ADD COLUMN foreign_routes jsonb NOT NULL DEFAULT '[]',
    -- While records are adopted: how many there are, how many were looked at, and how many are tokens now.
    ADD COLUMN adopt_total    bigint,
    ADD COLUMN adopt_done     bigint,
    ADD COLUMN adopt_taken    bigint,
    ADD CONSTRAINT mirrors_adopt_whole CHECK (num_nulls(adopt_total, adopt_done, adopt_taken) IN (0, 3));
