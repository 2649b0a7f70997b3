INSERT INTO teams (id, name, description, reveal_allowed, created_at)
VALUES ('00000000-0000-7000-8000-000000000004', 'platform', 'builds', true, now()),
       ('00000000-0000-7000-8000-000000000005', 'data', '', false, now());
INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at, created_by, expires_at, revoked_at)
VALUES ('00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-000000000004', 'import', 'nightly', decode(repeat('05', 32), 'hex'),
        'ntk_AAAAAAAA…AAAA', 'sealed', '{images:read,images:write}', now(), 'owner@example.com', NULL, NULL),
       ('00000000-0000-7000-8000-000000000007', '00000000-0000-7000-8000-000000000004', 'import', '', decode(repeat('06', 32), 'hex'),
        'ntk_BBBBBBBB…BBBB', NULL, '{*}', now(), 'deploy', now(), now());
INSERT INTO idempotency_keys (actor, key, request_hash, token_id, sealed, created_at)
VALUES ('machine 1', 'order 66', decode(repeat('07', 32), 'hex'), '00000000-0000-7000-8000-000000000006', 'sealed', now());
