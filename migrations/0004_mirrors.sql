-- How far each mirror is. What it should hold is in tokens; what it does hold, only it knows.

CREATE TABLE mirrors (
    name             text        NOT NULL,
    target           text        NOT NULL,
    -- The last change of audit_events that it has.
    seen_seq         bigint      NOT NULL DEFAULT 0,
    objects          bigint      NOT NULL DEFAULT 0,
    last_run_at      timestamptz,
    last_ok_at       timestamptz,
    error_class      text,
    error            text,
    -- Deletes that wait for a person, and how many of them a person let go.
    held_deletes     bigint      NOT NULL DEFAULT 0,
    released_deletes bigint      NOT NULL DEFAULT 0,
    -- [{"token_id", "code", "field"}] of the first invalid rows, and how many there are.
    set_aside        jsonb       NOT NULL DEFAULT '[]',
    set_aside_total  bigint      NOT NULL DEFAULT 0,
    CONSTRAINT mirrors_pkey PRIMARY KEY (name),
    CONSTRAINT mirrors_error_class_known CHECK (error_class IN ('transient', 'denied', 'broken')),
    CONSTRAINT mirrors_error_whole CHECK ((error_class IS NULL) = (error IS NULL))
);

-- What nobody could write down in RFC 3339, or as a list of texts, would stop every reader of the table, not only its own row.
ALTER TABLE tokens
    ADD CONSTRAINT tokens_created_at_writable
        CHECK (created_at >= '0001-01-01 00:00+00' AND created_at < '9999-12-31 00:00+00'),
    ADD CONSTRAINT tokens_expires_at_writable
        CHECK (expires_at >= '0001-01-01 00:00+00' AND expires_at < '9999-12-31 00:00+00'),
    ADD CONSTRAINT tokens_scopes_flat
        CHECK (array_position(scopes, NULL) IS NULL AND coalesce(array_ndims(scopes), 1) = 1);
