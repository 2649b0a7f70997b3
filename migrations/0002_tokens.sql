-- Teams and their tokens. Of a token's secret there is the SHA-256 and, where its team allows it, a Fernet-sealed copy.

CREATE TABLE teams (
    id             uuid        NOT NULL,
    name           text        NOT NULL,
    description    text        NOT NULL,
    reveal_allowed boolean     NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT teams_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX teams_name_key ON teams (lower(name));

CREATE TABLE tokens (
    id          uuid        NOT NULL,
    team_id     uuid        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL,
    secret_hash bytea       NOT NULL,
    display     text        NOT NULL,
    sealed      text,
    scopes      text[]      NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  text        NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz,
    CONSTRAINT tokens_pkey PRIMARY KEY (id),
    CONSTRAINT tokens_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id),
    CONSTRAINT tokens_secret_hash_key UNIQUE (secret_hash),
    CONSTRAINT tokens_secret_hash_length CHECK (octet_length(secret_hash) = 32)
);

-- A name is free again once its token has been revoked: that is how a token is replaced.
CREATE UNIQUE INDEX tokens_name_key ON tokens (team_id, lower(name)) WHERE revoked_at IS NULL;

-- Lists are read newest first, and the id is a UUIDv7.
CREATE INDEX tokens_team_id_idx ON tokens (team_id, id DESC);

-- The sealed copies, to count them and to check the keys against the oldest and the newest.
CREATE INDEX tokens_sealed_idx ON tokens (id) WHERE sealed IS NOT NULL;

-- An idempotency key belongs to the actor who sent it. Of the answer it keeps the token's id and, for ten minutes, the sealed secret.
CREATE TABLE idempotency_keys (
    actor         text        NOT NULL,
    key           text        NOT NULL,
    request_hash  bytea       NOT NULL,
    token_id      uuid        NOT NULL,
    sealed        text,
    created_at    timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, key),
    CONSTRAINT idempotency_keys_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE
);

CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
