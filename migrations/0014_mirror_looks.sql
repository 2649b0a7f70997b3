-- What mirrors are pushed from: the changes since they last looked, and the moments that pass without anybody writing.

-- Each secret that a token has or, for the overlap of a rotation, had. Kept is what a mirror may tell at all: uses are counted in one place only.
CREATE VIEW mirror_secrets AS
SELECT id AS token_id, secret_hash AS hash, NULL::timestamptz AS retires_at, team_id, name, scopes, created_at, expires_at, not_before,
       allowed_cidrs::text[] AS networks, rate_requests, rate_seconds, changed_xid,
       revoked_at IS NULL AND disabled_at IS NULL AND uses_count IS NULL AS kept
FROM tokens
UNION ALL
SELECT id, retired_hash, retired_until, team_id, name, scopes, created_at, expires_at, not_before,
       allowed_cidrs::text[], rate_requests, rate_seconds, changed_xid,
       revoked_at IS NULL AND disabled_at IS NULL AND uses_count IS NULL
FROM tokens
WHERE retired_hash IS NOT NULL;

-- The next of these moments is asked for after each look.
CREATE INDEX tokens_expires_at_idx ON tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX tokens_not_before_idx ON tokens (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX tokens_retired_until_idx ON tokens (retired_until) WHERE retired_until IS NOT NULL;
-- What readers are told not to believe, whatever they still have.
CREATE INDEX tokens_disabled_at_idx ON tokens (disabled_at) WHERE disabled_at IS NOT NULL;

ALTER TABLE mirrors
    -- The moment that the last good run made true.
    ADD COLUMN looked_at     timestamptz,
    -- The last time that all of its objects were listed, and what differed from what should have been there.
    ADD COLUMN observed_at   timestamptz,
    ADD COLUMN missing       bigint  NOT NULL DEFAULT 0,
    ADD COLUMN altered       bigint  NOT NULL DEFAULT 0,
    ADD COLUMN others        bigint  NOT NULL DEFAULT 0,
    -- Records of secrets that nobody here ever issued: how many, the first of them, and how many of them a person lets go.
    ADD COLUMN foreign_total bigint  NOT NULL DEFAULT 0,
    ADD COLUMN foreign_some  text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN foreign_ended bigint  NOT NULL DEFAULT 0,
    -- Runs that failed since the last good one, and since when.
    ADD COLUMN failures      integer NOT NULL DEFAULT 0,
    ADD COLUMN failing_since timestamptz,
    -- By a person, until a person.
    ADD COLUMN paused_at     timestamptz,
    -- What a person asked for: a look at everything, or the plan of one that changes nothing.
    ADD COLUMN asked         text,
    ADD COLUMN asked_at      timestamptz,
    ADD COLUMN plan          jsonb,
    ADD COLUMN planned_at    timestamptz,
    -- When the head was last written there.
    ADD COLUMN head_at       timestamptz,
    -- What the routes are known by that were last written there.
    ADD COLUMN routes        bytea,
    ADD CONSTRAINT mirrors_asked_known CHECK (asked IN ('look', 'plan', 'adopt')),
    ADD CONSTRAINT mirrors_asked_whole CHECK ((asked IS NULL) = (asked_at IS NULL));

-- What each run did, the newest few hundred of each mirror. Runs that had nothing to do are not kept.
CREATE TABLE mirror_runs (
    id          bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    mirror      text        NOT NULL,
    kind        text        NOT NULL,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    put         bigint      NOT NULL,
    deleted     bigint      NOT NULL,
    calls       bigint      NOT NULL,
    bytes       bigint      NOT NULL,
    error_class text,
    error       text,
    CONSTRAINT mirror_runs_pkey PRIMARY KEY (id),
    CONSTRAINT mirror_runs_mirror_fkey FOREIGN KEY (mirror) REFERENCES mirrors (name) ON DELETE CASCADE,
    CONSTRAINT mirror_runs_kind_known CHECK (kind IN ('changes', 'whole'))
);

CREATE INDEX mirror_runs_mirror_idx ON mirror_runs (mirror, id DESC);

-- Whether an object that nobody wants was once a token's.
CREATE INDEX secrets_gone_hash_idx ON secrets_gone (hash);

-- Secrets that left the tokens for good. The feed of the verifiers forgets them after a week; a mirror that still has one must not bring it back.
CREATE TABLE secrets_ended (
    hash bytea NOT NULL,
    CONSTRAINT secrets_ended_pkey PRIMARY KEY (hash)
);

-- As in 0012, and what is not told one by one is kept at least.
CREATE OR REPLACE FUNCTION tokens_mark_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    many bigint := (SELECT count(*) FROM (SELECT FROM gone LIMIT 10001) AS first);
BEGIN
    IF many = 0 THEN
        RETURN NULL;
    END IF;
    IF many > 10000 THEN
        -- To load what is left takes less than to forget so many one by one.
        INSERT INTO secrets_gone (hash) VALUES (NULL);
        INSERT INTO secrets_ended (hash)
        SELECT secret_hash FROM gone
        UNION
        SELECT retired_hash FROM gone WHERE retired_hash IS NOT NULL
        ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO secrets_gone (hash)
        SELECT secret_hash FROM gone
        UNION ALL
        SELECT retired_hash FROM gone WHERE retired_hash IS NOT NULL;
    END IF;
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;
