-- Tokens as a large company has them after three years: 300 teams of very different sizes, of each status some, most of them used.
-- The first value is how many.
WITH made_teams AS (
    INSERT INTO teams (id, name, description, reveal_allowed, created_at)
    SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'team ' || n, '', true, now() - interval '3 years'
    FROM generate_series(1, 300) AS n
    RETURNING id
)
INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at, created_by, expires_at, revoked_at, not_before,
                    disabled_at, retired_hash, retired_until)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5('a' || n), 1, 3) || '8' || substr(md5('b' || n), 1, 15))::uuid,
       ('00000000-0000-7000-8000-' || lpad((1 + floor(299 * power((n * 7919 % 1000003) / 1000003.0, 3)))::text, 12, '0'))::uuid,
       (ARRAY['billing', 'image', 'search', 'report', 'deploy', 'metrics', 'orders', 'login', 'audit', 'mail', 'export', 'chat'])[1 + n * 7 % 12] || '-'
           || (ARRAY['import', 'job', 'worker', 'reader', 'writer', 'sync', 'bot'])[1 + n * 11 % 7] || '-' || n,
       CASE WHEN n % 3 = 0 THEN ''
            ELSE 'Runs the ' || (ARRAY['nightly', 'hourly', 'weekly', 'monthly'])[1 + n % 4] || ' '
                 || (ARRAY['import of invoices', 'resize of pictures', 'index of articles', 'check of accounts'])[1 + n / 4 % 4]
                 || CASE WHEN n % 50 = 1 THEN ' 支付服务' ELSE '' END
       END,
       sha256(n::text::bytea), 'ntk_' || substr(md5('c' || n), 1, 8) || '…' || substr(md5('d' || n), 1, 4),
       CASE WHEN n % 20 = 0 THEN repeat('x', 200) END,
       CASE WHEN n % 10 < 6 THEN ARRAY['s' || n % 40 || ':read']
            WHEN n % 10 < 9 THEN ARRAY['s' || n % 40 || ':read', 's' || n * 3 % 40 || ':write']
            ELSE ARRAY['*'] END,
       at, 'person' || n % 200 || '@example.org',
       CASE WHEN n % 10 >= 3 THEN at + (ARRAY[30, 90, 90, 365, 365, 730])[1 + n % 6] * interval '1 day' END,
       CASE WHEN n % 8 = 0 THEN least(at + interval '10 days', now()) END,
       CASE WHEN n % 1000 = 1 THEN now() + interval '5 days' END,
       CASE WHEN n % 333 = 5 THEN now() - interval '5 days' END,
       CASE WHEN n % 500 = 3 THEN sha256(('r' || n)::bytea) END,
       CASE WHEN n % 500 = 3 THEN now() + (n % 7 - 3) * interval '1 day' END
FROM (SELECT n, now() - interval '3 years' + n * (interval '3 years' / $1::bigint) AS at FROM generate_series(1::bigint, $1::bigint) AS n) AS made
ORDER BY n
