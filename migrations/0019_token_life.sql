-- What people do with a token while it lives: they sort it by tags, change it one after the other, pause it, protect it, and end it for a reason.

ALTER TABLE tokens
    ADD COLUMN tags    text[] NOT NULL DEFAULT '{}',
    -- How often the row was written: whoever changes it says which of its states they saw.
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    -- Not revoked by people while it is on.
    ADD COLUMN protected     boolean NOT NULL DEFAULT false,
    ADD COLUMN revoke_reason text,
    ADD COLUMN revoke_note   text,
    -- Switched off by a person until that moment, which nobody has to write down: whoever knows it knows when the token is good again. A pause has its
    -- disabled_at too: to whoever knows of no pauses it is switched off, and not good.
    ADD COLUMN paused_at     timestamptz,
    ADD COLUMN paused_until  timestamptz,
    ADD CONSTRAINT tokens_revoke_reason_known CHECK (revoke_reason IN ('superseded', 'leaked', 'owner_left', 'unused', 'other')),
    ADD CONSTRAINT tokens_revoke_reason_of_an_end CHECK (revoked_at IS NOT NULL OR (revoke_reason IS NULL AND revoke_note IS NULL)),
    ADD CONSTRAINT tokens_paused_whole CHECK ((paused_at IS NULL) = (paused_until IS NULL)),
    ADD CONSTRAINT tokens_paused_is_disabled CHECK (paused_until IS NULL OR disabled_at IS NOT NULL),
    ADD CONSTRAINT tokens_paused_until_writable
        CHECK (paused_until >= '0001-01-01 00:00+00' AND paused_until < '9999-12-31 00:00+00'),
    ADD CONSTRAINT tokens_tags_flat
        CHECK (array_position(tags, NULL) IS NULL AND coalesce(array_ndims(tags), 1) = 1 AND cardinality(tags) <= 10);

-- As those of 0014: the next of these moments is asked for after each look, and readers are told of a pause while it is new.
CREATE INDEX tokens_paused_until_idx ON tokens (paused_until) WHERE paused_until IS NOT NULL;
CREATE INDEX tokens_paused_at_idx ON tokens (paused_at) WHERE paused_at IS NOT NULL;
CREATE INDEX tokens_begins_idx ON tokens (greatest(not_before, paused_until)) WHERE greatest(not_before, paused_until) IS NOT NULL;

-- What a status is derived from, beside the order of making: the tokens of a status may all be far from its ends.
CREATE INDEX tokens_standing_idx ON tokens (id) INCLUDE (expires_at, revoked_at, disabled_at, paused_until, not_before, retired_until);

-- Those that ended longest ago, for whoever removes them.
CREATE INDEX tokens_ended_idx ON tokens (least(revoked_at, expires_at)) WHERE revoked_at IS NOT NULL OR expires_at IS NOT NULL;
-- Each token that is removed is looked for in these.
CREATE INDEX idempotency_keys_token_id_idx ON idempotency_keys (token_id);

-- As in 0017. What is removed long after its end was ended then: no mirror has it, and no reader has to be told.
ALTER TABLE secrets_gone
    DROP CONSTRAINT secrets_gone_why_known,
    ADD CONSTRAINT secrets_gone_why_known CHECK (why IN ('deleted', 'replaced', 'key', 'purged'));

CREATE INDEX tokens_tags_idx ON tokens USING gin (tags);

-- As in 0005; and whoever writes the row, also by hand, it is another state of it, unless nothing of it is.
CREATE OR REPLACE FUNCTION tokens_mark_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was record;
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
        -- Whoever knows of no pauses switches off for good, and on.
        IF NEW.disabled_at IS DISTINCT FROM was.disabled_at AND NEW.paused_at IS NOT DISTINCT FROM was.paused_at THEN
            NEW.paused_at := NULL;
            NEW.paused_until := NULL;
        END IF;
        was.changed_xid := NEW.changed_xid;
        was.words := NEW.words;
        was.version := NEW.version;
        NEW.version := OLD.version + (was IS DISTINCT FROM NEW)::int;
    END IF;
    RETURN NEW;
END $$;

-- The version of the subject that an event led to: what happened since somebody looked is what led to later ones.
ALTER TABLE audit_events ADD COLUMN version bigint;

-- As in 0014. A mirror's record of a token that is paused begins when the pause is over: readers of every version know what a beginning is.
CREATE OR REPLACE VIEW mirror_secrets AS
SELECT id AS token_id, secret_hash AS hash, NULL::timestamptz AS retires_at, team_id, name, scopes, created_at, expires_at, greatest(not_before, paused_until) AS not_before,
       allowed_cidrs::text[] AS networks, rate_requests, rate_seconds, changed_xid,
       revoked_at IS NULL AND (disabled_at IS NULL OR paused_until IS NOT NULL) AND uses_count IS NULL AS kept
FROM tokens
UNION ALL
SELECT id, retired_hash, retired_until, team_id, name, scopes, created_at, expires_at, greatest(not_before, paused_until) AS not_before,
       allowed_cidrs::text[], rate_requests, rate_seconds, changed_xid,
       revoked_at IS NULL AND (disabled_at IS NULL OR paused_until IS NOT NULL) AND uses_count IS NULL
FROM tokens
WHERE retired_hash IS NOT NULL;
