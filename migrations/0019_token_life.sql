-- What people do with a token while it lives: they sort it by tags, and change it one after the other.

ALTER TABLE tokens
    ADD COLUMN tags    text[] NOT NULL DEFAULT '{}',
    -- How often the row was written: whoever changes it says which of its states they saw.
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    ADD CONSTRAINT tokens_tags_flat
        CHECK (array_position(tags, NULL) IS NULL AND coalesce(array_ndims(tags), 1) = 1 AND cardinality(tags) <= 10);

CREATE INDEX tokens_tags_idx ON tokens USING gin (tags);

-- As in 0005; and whoever writes the row, also by hand, it is another state of it.
CREATE OR REPLACE FUNCTION tokens_mark_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    IF TG_OP = 'UPDATE' THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;

-- The version of the subject that an event led to: what happened since somebody looked is what led to later ones.
ALTER TABLE audit_events ADD COLUMN version bigint;
