-- Who verifies, how far each of them is, and the proof that a revoked token is refused. Times are the database's, so that they compare.

CREATE TABLE verifiers (
    id           uuid        NOT NULL,
    -- One life after the other may have it; the last one's row replaces its forerunner's.
    name         text        NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Until when it may go on with what it knows without being heard of again.
    serves_until timestamptz NOT NULL,
    -- Everything that this snapshot sees, it has applied; null while it loads.
    applied      pg_snapshot,
    CONSTRAINT verifiers_pkey PRIMARY KEY (id),
    CONSTRAINT verifiers_name_key UNIQUE (name)
) WITH (fillfactor = 50);

CREATE TABLE revocations (
    token_id   uuid        NOT NULL,
    xid        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    revoked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT revocations_pkey PRIMARY KEY (token_id),
    CONSTRAINT revocations_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE
);

CREATE INDEX revocations_xid_idx ON revocations (xid);

-- A verifier that refuses the token, or a mirror that no longer has it, and since when.
CREATE TABLE revocation_receipts (
    token_id   uuid        NOT NULL,
    kind       text        NOT NULL,
    name       text        NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT revocation_receipts_pkey PRIMARY KEY (token_id, kind, name),
    CONSTRAINT revocation_receipts_token_id_fkey FOREIGN KEY (token_id) REFERENCES revocations (token_id) ON DELETE CASCADE,
    CONSTRAINT revocation_receipts_kind_known CHECK (kind IN ('verifier', 'mirror'))
);

-- Tokens that were revoked before there were receipts.
INSERT INTO revocations (token_id, revoked_at)
SELECT id, revoked_at FROM tokens WHERE revoked_at IS NOT NULL;

-- Everything that this snapshot sees, the mirror has.
ALTER TABLE mirrors ADD COLUMN seen pg_snapshot;
