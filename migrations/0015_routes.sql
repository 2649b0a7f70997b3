-- Routes: which paths at the edge go to which backend. All of them are one object at the mirrors.

CREATE TABLE routes (
    id            uuid        NOT NULL,
    name          text,
    description   text        NOT NULL,
    path          text        NOT NULL,
    backend_url   text        NOT NULL,
    tags          text[]      NOT NULL,
    -- Null is none: then the scopes of its resource and its tags are what counts.
    scopes        text[],
    auth_kind     text        NOT NULL,
    auth_header   text,
    -- What the backend asks for, sealed. It is opened for the mirrors, where its owner chose that, and for nobody else.
    secret_sealed text,
    deliver       boolean     NOT NULL,
    version       bigint      NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT routes_pkey PRIMARY KEY (id),
    CONSTRAINT routes_path_key UNIQUE (path),
    CONSTRAINT routes_scopes_some CHECK (scopes IS NULL OR cardinality(scopes) > 0),
    CONSTRAINT routes_auth_known CHECK (auth_kind IN ('none', 'bearer', 'api-key', 'basic')),
    CONSTRAINT routes_auth_header_of_a_key CHECK ((auth_kind = 'api-key') = (auth_header IS NOT NULL)),
    CONSTRAINT routes_secret_of_an_auth CHECK (secret_sealed IS NULL OR auth_kind <> 'none'),
    CONSTRAINT routes_deliver_a_secret CHECK (NOT deliver OR secret_sealed IS NOT NULL)
);
