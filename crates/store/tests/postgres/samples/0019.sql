UPDATE tokens SET tags = '{billing,prod}', protected = true, disabled_at = '2026-11-22 11:00Z', paused_at = '2026-11-22 11:00Z', paused_until = '2026-11-22 12:00Z';
UPDATE tokens SET revoke_reason = 'leaked', revoke_note = 'in a log' WHERE revoked_at IS NOT NULL;

INSERT INTO audit_events (id, at, actor_kind, actor_label, kind, subject_kind, subject_id, subject_label, detail, touches_mirrors, version)
VALUES ('00000000-0000-7000-8000-000000000191', '2026-11-22 12:00Z', 'operator', 'operator', 'token_changed', 'token',
        '00000000-0000-7000-8000-000000000192', 'import', '{}', true, 2);
