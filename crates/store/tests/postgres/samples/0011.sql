INSERT INTO token_last_used (token_id, at, origin, user_agent, route, unnamed, unnamed_first_at, unnamed_last_at)
VALUES ('00000000-0000-7000-8000-00000000000b', now(), '192.0.2.11', 'curl/8.0', '/images', 3, now(), now());
