INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at, created_by, expires_at, revoked_at,
                    not_before, disabled_at, allowed_cidrs, rate_requests, rate_seconds, retired_hash, retired_until)
VALUES ('00000000-0000-7000-8000-000000000016', '00000000-0000-7000-8000-000000000004', 'gateway', '', decode(repeat('16', 32), 'hex'),
        'ntk_CCCCCCCC…CCCC', NULL, '{images:*}', now(), 'owner@example.com', NULL, NULL,
        now(), now(), '{10.0.0.0/8,2001:db8::/32}', 100, 60, decode(repeat('17', 32), 'hex'), now());
