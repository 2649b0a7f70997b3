INSERT INTO mirror_runs (mirror, kind, began_at, ended_at, put, deleted, calls, bytes)
SELECT name, 'changes', now(), now(), 1, 0, 1, 100 FROM mirrors;
UPDATE mirrors SET asked = 'plan', asked_at = now(), foreign_total = 1, foreign_some = '{0a0a0a0a}', plan = '{}', planned_at = now();
INSERT INTO secrets_ended (hash) VALUES (decode(repeat('42', 32), 'hex'));
