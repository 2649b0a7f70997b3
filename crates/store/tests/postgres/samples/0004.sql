INSERT INTO mirrors (name, target, seen_seq, objects, last_run_at, last_ok_at, error_class, error, held_deletes, released_deletes, set_aside,
                     set_aside_total)
VALUES ('files', '/srv/mirror', 1, 2, now(), now(), 'transient', 'the disk is full', 3, 1,
        '[{"token_id": "00000000-0000-7000-8000-000000000006", "code": "scope_invalid", "field": "scopes"}]', 1),
       ('more', '/srv/more', 0, 0, NULL, NULL, NULL, NULL, 0, 0, '[]', 0);
