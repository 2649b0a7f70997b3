-- Requests that named no scope are counted beside the last use, which is written anyway. Those that were counted as a scope of no name, by a version
-- before this one, stay where they are and are added when they are read.
ALTER TABLE token_last_used
    ADD COLUMN unnamed          bigint NOT NULL DEFAULT 0,
    ADD COLUMN unnamed_first_at timestamptz,
    ADD COLUMN unnamed_last_at  timestamptz;

-- Every use of an hour is an update of the same row: with room on its page it needs no new entry in the index.
CREATE OR REPLACE FUNCTION usage_hours_make(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
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
    EXECUTE format('CREATE TABLE %I (LIKE usage_hours INCLUDING ALL) WITH (fillfactor = 70)', partition);
    EXECUTE format('ALTER TABLE usage_hours ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, first, next);
END $$;

DO $$
DECLARE
    partition text;
BEGIN
    FOR partition IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'usage_hours'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %I SET (fillfactor = 70)', partition);
    END LOOP;
END $$;
