INSERT INTO routes (id, name, description, path, backend_url, tags, scopes, auth_kind, auth_header, secret_sealed, deliver, version, created_at, updated_at)
VALUES ('00000000-0000-7000-8000-000000000041', 'images', 'What draws', '/api/image', 'https://images.example/v1', '{llm,media}', NULL, 'api-key', 'X-Api-Key',
        'gAAAAA', true, 2, '2026-11-22 10:00Z', '2026-11-22 11:00Z'),
       ('00000000-0000-7000-8000-000000000042', NULL, '', '/api/image/admin', 'http://10.0.0.7:8080', '{}', '{images:admin}', 'none', NULL,
        NULL, false, 1, '2026-11-22 10:00Z', '2026-11-22 10:00Z');
