-- Three of five tokens were used, until their end or until lately.
UPDATE token_used AS u
SET hour = date_trunc('hour', least(coalesce(k.revoked_at, now()), coalesce(k.expires_at, now()), now() - (k.n * 31 % 3000) * interval '1 minute'), 'UTC')
FROM (SELECT id, revoked_at, expires_at, row_number() OVER (ORDER BY id) AS n FROM tokens) AS k
WHERE k.id = u.token_id AND k.n % 5 < 3
