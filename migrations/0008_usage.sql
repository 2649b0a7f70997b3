-- What verification learned: counts by hour, last uses, origins, scopes. Instances add to it in batches; nothing here is on the way of an answer, and
-- nothing here writes to tokens, which would wake every verifier.

-- A partition for each month of UTC, made ahead and dropped when it is old.
CREATE TABLE usage_hours (
    hour     timestamptz NOT NULL,
    -- The nil UUID counts what was no token of ours.
    token_id uuid        NOT NULL,
    outcome  text        NOT NULL,
    count    bigint      NOT NULL,
    -- The hour first: everything that is written now is in one corner of the index, and a span of everybody is one range of it. One token's span is a
    -- lookup for each hour.
    CONSTRAINT usage_hours_pkey PRIMARY KEY (hour, token_id, outcome)
) PARTITION BY RANGE (hour);

CREATE FUNCTION usage_hours_partition(month timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT 'usage_hours_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM')
$$;

-- Makes the partition that `at` is in. Attached rather than made in place: that lets readers and writers of the others go on.
CREATE FUNCTION usage_hours_make(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first     timestamptz := date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    next      timestamptz := (date_trunc('month', at AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    partition text := usage_hours_partition(first);
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('usage_hours', 0));
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE usage_hours INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE usage_hours ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, first, next);
END $$;

-- Drops the partitions that end at `before` or earlier, and says how many.
CREATE FUNCTION usage_hours_drop(before timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    partition text;
    dropped   integer := 0;
BEGIN
    -- The names sort as the months do.
    FOR partition IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'usage_hours'::regclass AND c.relname < usage_hours_partition(before)
    LOOP
        EXECUTE format('DROP TABLE %I', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

SELECT usage_hours_make(now()), usage_hours_make(now() + interval '1 month');

-- The last time that a token was good, where from and with what.
CREATE TABLE token_last_used (
    token_id   uuid        NOT NULL,
    at         timestamptz NOT NULL,
    origin     inet,
    user_agent text,
    route      text,
    CONSTRAINT token_last_used_pkey PRIMARY KEY (token_id)
) WITH (fillfactor = 70);

-- Addresses, and networks of IPv6, that a token was used from, the first 200 of them.
CREATE TABLE token_origins (
    token_id uuid        NOT NULL,
    origin   inet        NOT NULL,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    valid    bigint      NOT NULL,
    refused  bigint      NOT NULL,
    CONSTRAINT token_origins_pkey PRIMARY KEY (token_id, origin)
) WITH (fillfactor = 80);

-- Scopes that were asked for when a token was used, the first 200 of them. The empty text counts requests that named none.
CREATE TABLE token_scopes_asked (
    token_id uuid        NOT NULL,
    scope    text        NOT NULL,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    granted  bigint      NOT NULL,
    refused  bigint      NOT NULL,
    CONSTRAINT token_scopes_asked_pkey PRIMARY KEY (token_id, scope)
) WITH (fillfactor = 80);

-- When the audit log was last told of something about a token's use, so that it is not told of each.
CREATE TABLE usage_notices (
    token_id uuid        NOT NULL,
    kind     text        NOT NULL,
    at       timestamptz NOT NULL,
    CONSTRAINT usage_notices_pkey PRIMARY KEY (token_id, kind)
);

-- The last batch of each process, so that one whose answer was lost is not counted twice.
CREATE TABLE usage_batches (
    recorder uuid        NOT NULL,
    number   bigint      NOT NULL,
    at       timestamptz NOT NULL,
    CONSTRAINT usage_batches_pkey PRIMARY KEY (recorder)
) WITH (fillfactor = 50);
