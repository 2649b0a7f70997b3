INSERT INTO usage_hours (hour, token_id, outcome, count)
VALUES (date_trunc('hour', now()), '00000000-0000-7000-8000-000000000006', 'valid', 7),
       (date_trunc('hour', now()), '00000000-0000-0000-0000-000000000000', 'unknown', 2);
SELECT usage_hours_make(now() + interval '1 month');
INSERT INTO usage_hours (hour, token_id, outcome, count)
VALUES (date_trunc('hour', now() + interval '1 month'), '00000000-0000-7000-8000-000000000006', 'valid', 1);
INSERT INTO token_last_used (token_id, at, origin, user_agent, route)
VALUES ('00000000-0000-7000-8000-000000000006', now(), '192.0.2.1', 'curl/8.0', '/images');
INSERT INTO token_origins (token_id, origin, first_at, last_at, valid, refused)
VALUES ('00000000-0000-7000-8000-000000000006', '192.0.2.1', now(), now(), 7, 0),
       ('00000000-0000-7000-8000-000000000006', '2001:db8::/64', now(), now(), 0, 1);
INSERT INTO token_scopes_asked (token_id, scope, first_at, last_at, granted, refused)
VALUES ('00000000-0000-7000-8000-000000000006', 'images:read', now(), now(), 5, 0),
       ('00000000-0000-7000-8000-000000000006', '', now(), now(), 2, 0);
INSERT INTO usage_notices (token_id, kind, at)
VALUES ('00000000-0000-7000-8000-000000000006', 'token_new_origin', now());
INSERT INTO usage_batches (recorder, number, at) VALUES ('00000000-0000-7000-8000-000000000030', 1, now());
