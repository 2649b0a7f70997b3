-- People who sign in, their sessions, the programs that act for them, and the link that makes the first of them.

CREATE TABLE users (
    id            uuid        NOT NULL,
    email         text        NOT NULL,
    password_hash text        NOT NULL,
    role          text        NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_role_known CHECK (role IN ('owner'))
);

-- The cookie's value is a secret, so that only its SHA-256 is kept: a copy of this table opens no session.
CREATE TABLE sessions (
    id_hash    bytea       NOT NULL,
    record     jsonb       NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (id_hash),
    CONSTRAINT sessions_id_hash_length CHECK (octet_length(id_hash) = 32)
);

CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

CREATE TABLE setup_links (
    secret_hash bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    CONSTRAINT setup_links_pkey PRIMARY KEY (secret_hash),
    CONSTRAINT setup_links_secret_hash_length CHECK (octet_length(secret_hash) = 32)
);

CREATE TABLE management_keys (
    id          uuid        NOT NULL,
    name        text        NOT NULL,
    secret_hash bytea       NOT NULL,
    display     text        NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz,
    CONSTRAINT management_keys_pkey PRIMARY KEY (id),
    CONSTRAINT management_keys_secret_hash_key UNIQUE (secret_hash),
    CONSTRAINT management_keys_secret_hash_length CHECK (octet_length(secret_hash) = 32)
);

CREATE UNIQUE INDEX management_keys_name_key ON management_keys (lower(name)) WHERE revoked_at IS NULL;

-- Keys that the server makes for itself and that every instance needs, such as the one that seals a new secret on its way through the
-- browser: the sealed text is only ever in the cookie, the key only ever here.
CREATE TABLE server_keys (
    name       text        NOT NULL,
    key        text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT server_keys_pkey PRIMARY KEY (name)
);
