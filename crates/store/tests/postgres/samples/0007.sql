INSERT INTO management_keys (id, name, secret_hash, display, created_at, expires_at, revoked_at, scopes)
VALUES ('00000000-0000-7000-8000-000000000022', 'proxy', decode(repeat('22', 32), 'hex'), 'tkm_CCCCCCCC…CCCC', now(), NULL, NULL, '{verify}');
