-- When a token was good last from an origin: an origin that is only refused any more teaches nothing about where a token belongs. Null is never, or not
-- since this version.
ALTER TABLE token_origins ADD COLUMN last_valid_at timestamptz;

-- Where nothing was ever refused, the last use was a good one.
UPDATE token_origins SET last_valid_at = last_at WHERE valid > 0 AND refused = 0;
