INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at, created_by, uses_count, uses_per, uses_since)
VALUES ('00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000004', 'partner', '', decode(repeat('31', 32), 'hex'),
        'ntk_DDDDDDDD…DDDD', NULL, '{images:*}', now(), 'owner@example.com', 1000, 'day', now()),
       ('00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000004', 'trial', '', decode(repeat('32', 32), 'hex'),
        'ntk_EEEEEEEE…EEEE', NULL, '{images:*}', now(), 'owner@example.com', 5, NULL, NULL);
INSERT INTO token_uses (token_id, window_start, spent, granted)
VALUES ('00000000-0000-7000-8000-000000000031', now(), 12, 1),
       ('00000000-0000-7000-8000-000000000032', 'epoch', 5, 0);
