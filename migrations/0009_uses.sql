-- How many uses a token has, in all or in each hour, day, week or month of UTC, and how many of them were spent.

ALTER TABLE tokens
    ADD COLUMN uses_count integer,
    -- Null is in all.
    ADD COLUMN uses_per   text,
    -- What was spent before does not count; null is everything counts.
    ADD COLUMN uses_since timestamptz,
    ADD CONSTRAINT tokens_uses_range CHECK (uses_count BETWEEN 1 AND 1000000000),
    ADD CONSTRAINT tokens_uses_per_known CHECK (uses_per IN ('hour', 'day', 'week', 'month')),
    ADD CONSTRAINT tokens_uses_whole CHECK (uses_count IS NOT NULL OR (uses_per IS NULL AND uses_since IS NULL));

-- Beside the tokens: what is spent changes with every use, and a write to tokens wakes every verifier.
CREATE TABLE token_uses (
    token_id     uuid        NOT NULL,
    -- Of the window that the count is of. Only goes forward.
    window_start timestamptz NOT NULL,
    spent        bigint      NOT NULL,
    -- Of what was spent, what the last statement took: that is how it learns it.
    granted      bigint      NOT NULL,
    CONSTRAINT token_uses_pkey PRIMARY KEY (token_id),
    CONSTRAINT token_uses_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE,
    CONSTRAINT token_uses_range CHECK (granted BETWEEN 0 AND spent)
) WITH (fillfactor = 50);
