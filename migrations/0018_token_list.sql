-- What the list of tokens is searched, sorted and filtered by, at any number of tokens: see docs/decisions/0070-token-list.md.

-- The words of some texts: what is between the separators, and of a run of Chinese, Japanese or Korean characters each two that are neighbours, and the
-- last one. A word is found by its beginning, a run by any part of it. `domain::token::search` takes a question apart in the same way.
CREATE FUNCTION token_words(texts text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT word), '{}'))
    FROM (
        SELECT left(run[1], 64) AS word
        FROM regexp_matches(lower(texts), '[^\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0\u2000-\u206f\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff0f\uff1a-\uff20]+', 'g') AS run
        UNION ALL
        SELECT substr(run[1], place, 2)
        FROM regexp_matches(texts, '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+', 'g') AS run,
             generate_series(1, length(run[1])) AS place
    ) AS words
$$;

-- The display form has the last four characters of the secret. Generated once, for the rows that there are; then by a trigger, so that a row can be put back
-- as it was.
ALTER TABLE tokens
    ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (token_words(name || ' ' || description || ' ' || display)) STORED;
ALTER TABLE tokens ALTER COLUMN words DROP EXPRESSION;

CREATE FUNCTION tokens_mark_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := token_words(NEW.name || ' ' || NEW.description || ' ' || NEW.display);
    RETURN NEW;
END $$;

CREATE TRIGGER tokens_mark_words BEFORE INSERT OR UPDATE OF name, description, display, words ON tokens
    FOR EACH ROW EXECUTE FUNCTION tokens_mark_words();

CREATE INDEX tokens_words_idx ON tokens USING gin (words);
CREATE INDEX tokens_scopes_idx ON tokens USING gin (scopes);
-- Each order that pages are read in. By bytes, so that an order never changes with the collation of a system; never is the latest of all times.
CREATE INDEX tokens_name_order_idx ON tokens ((lower(name) COLLATE "C"), id);
CREATE INDEX tokens_expires_order_idx ON tokens ((coalesce(expires_at, 'infinity')), id);
CREATE INDEX tokens_created_by_idx ON tokens (created_by, id);
CREATE INDEX tokens_revoked_idx ON tokens (id) WHERE revoked_at IS NOT NULL;

-- The hour in which a token was good last; of one that never was, the earliest of all times. Beside the tokens, as a write to them wakes every verifier,
-- and beside token_last_used, whose rows are written with each flush and have no index on what is written for that reason.
CREATE TABLE token_used (
    token_id uuid        NOT NULL,
    hour     timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT token_used_pkey PRIMARY KEY (token_id),
    CONSTRAINT token_used_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE
);

-- Each token has its row, by whatever hand it came.
CREATE FUNCTION tokens_mark_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A row that was put back was used before.
    INSERT INTO token_used (token_id, hour)
    SELECT m.id, coalesce(date_trunc('hour', l.at, 'UTC'), '-infinity')
    FROM made AS m LEFT JOIN token_last_used AS l ON l.token_id = m.id;
    RETURN NULL;
END $$;

CREATE TRIGGER tokens_mark_made AFTER INSERT ON tokens
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION tokens_mark_made();

INSERT INTO token_used (token_id, hour)
SELECT k.id, coalesce(date_trunc('hour', l.at, 'UTC'), '-infinity')
FROM tokens k LEFT JOIN token_last_used l ON l.token_id = k.id;

CREATE INDEX token_used_hour_idx ON token_used (hour, token_id);
