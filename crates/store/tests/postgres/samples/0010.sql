INSERT INTO token_origins (token_id, origin, first_at, last_at, valid, refused, last_valid_at)
VALUES ('00000000-0000-7000-8000-000000000006', '192.0.2.9', now(), now(), 2, 1, now());
