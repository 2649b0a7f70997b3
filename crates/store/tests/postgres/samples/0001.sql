INSERT INTO users (id, email, password_hash, role, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'owner@example.com', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', 'owner', now());
INSERT INTO sessions (id_hash, record, expires_at) VALUES (decode(repeat('01', 32), 'hex'), '{"user_id": "somebody"}', now());
INSERT INTO setup_links (secret_hash, created_at, expires_at) VALUES (decode(repeat('02', 32), 'hex'), now(), now());
INSERT INTO management_keys (id, name, secret_hash, display, created_at, expires_at, revoked_at)
VALUES ('00000000-0000-7000-8000-000000000002', 'deploy', decode(repeat('03', 32), 'hex'), 'tkm_AAAAAAAA…AAAA', now(), NULL, NULL),
       ('00000000-0000-7000-8000-000000000003', 'deploy', decode(repeat('04', 32), 'hex'), 'tkm_BBBBBBBB…BBBB', now(), now(), now());
INSERT INTO server_keys (name, key, created_at) VALUES ('browser', 'a key', now());
