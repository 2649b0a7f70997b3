UPDATE management_keys SET revoked_at = now() WHERE name = 'proxy';
