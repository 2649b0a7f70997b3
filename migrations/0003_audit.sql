-- The audit log. Lines are added in the transaction that they tell of, and never changed.

CREATE TABLE audit_events (
    seq             bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    id              uuid        NOT NULL,
    at              timestamptz NOT NULL,
    actor_kind      text        NOT NULL,
    actor_id        text,
    actor_label     text        NOT NULL,
    kind            text        NOT NULL,
    subject_kind    text        NOT NULL,
    subject_id      text,
    subject_label   text        NOT NULL,
    team_id         uuid,
    detail          jsonb       NOT NULL,
    request_id      text,
    origin          text,
    -- Whether what the mirrors should hold may differ after this event: this row is the mark that makes them stale.
    touches_mirrors boolean     NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (seq),
    CONSTRAINT audit_events_id_key UNIQUE (id)
);

CREATE INDEX audit_events_touches_mirrors_idx ON audit_events (seq) WHERE touches_mirrors;
CREATE INDEX audit_events_subject_idx ON audit_events (subject_kind, subject_id, seq DESC);
