INSERT INTO mirror_targets (name, kind, settings, secret_names, secrets_sealed, version, created_at, updated_at, emptying_since)
VALUES ('edge', 'kv', '{"account_id":"0a","namespace_id":"0b"}', '{api_token}', 'gAAAAA', 2, '2026-11-22 10:00Z', '2026-11-22 11:00Z', NULL),
       ('archive', 'postgres', '{"host":"10.0.0.7","database":"tokens","username":"mirror"}', '{}', NULL, 1, '2026-11-22 10:00Z', '2026-11-22 10:00Z',
        '2026-11-22 12:00Z');
