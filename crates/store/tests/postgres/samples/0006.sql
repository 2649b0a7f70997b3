INSERT INTO verifiers (id, name, serves_until, applied)
VALUES ('00000000-0000-7000-8000-000000000020', 'tokens-1', now(), pg_current_snapshot()),
       ('00000000-0000-7000-8000-000000000021', 'tokens-2', now(), NULL);
INSERT INTO revocations (token_id) VALUES ('00000000-0000-7000-8000-000000000016');
INSERT INTO revocation_receipts (token_id, kind, name)
VALUES ('00000000-0000-7000-8000-000000000016', 'verifier', 'tokens-1'), ('00000000-0000-7000-8000-000000000016', 'mirror', 'files');
