INSERT INTO secrets_gone (hash, why) VALUES (decode(repeat('43', 32), 'hex'), 'replaced'), (decode(repeat('44', 32), 'hex'), 'key');
INSERT INTO secrets_ended (hash, replaced) VALUES (decode(repeat('45', 32), 'hex'), true);
UPDATE mirrors SET held_digest = decode(repeat('46', 32), 'hex'), foreign_digest = decode(repeat('47', 32), 'hex'), routes_at = now(),
    foreign_routes = '[{"path": "/api/image", "code": "path_overlaps"}]', adopt_total = 3, adopt_done = 2, adopt_taken = 1;
