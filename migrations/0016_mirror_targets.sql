-- Targets of mirrors that people added. Those of the operator's configuration are not here, and have names that none of these may have.

CREATE TABLE mirror_targets (
    name           text        NOT NULL,
    kind           text        NOT NULL,
    -- Each setting a text, by its name; no secret.
    settings       jsonb       NOT NULL,
    -- Which secrets there are, and all of them, sealed together for this name and these settings.
    secret_names   text[]      NOT NULL,
    secrets_sealed text,
    version        bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    -- Since when it is to be emptied, and then deleted.
    emptying_since timestamptz,
    CONSTRAINT mirror_targets_pkey PRIMARY KEY (name),
    CONSTRAINT mirror_targets_kind_known CHECK (kind IN ('git', 'kv', 'postgres', 's3')),
    CONSTRAINT mirror_targets_settings_object CHECK (jsonb_typeof(settings) = 'object'),
    CONSTRAINT mirror_targets_secrets_whole CHECK ((cardinality(secret_names) = 0) = (secrets_sealed IS NULL))
);
