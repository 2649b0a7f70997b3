INSERT INTO audit_events (id, at, actor_kind, actor_id, actor_label, kind, subject_kind, subject_id, subject_label, team_id, detail,
                          request_id, origin, touches_mirrors)
VALUES ('00000000-0000-7000-8000-000000000008', now(), 'person', '00000000-0000-7000-8000-000000000001', 'owner@example.com',
        'token_created', 'token', '00000000-0000-7000-8000-000000000006', 'import', '00000000-0000-7000-8000-000000000004',
        '{"team": "platform"}', '00000000-0000-7000-8000-000000000009', '192.0.2.7', true),
       ('00000000-0000-7000-8000-00000000000a', now(), 'anonymous', NULL, 'anonymous', 'sign_in_refused', 'session', NULL, 'sign-in',
        NULL, '{}', NULL, NULL, false);
