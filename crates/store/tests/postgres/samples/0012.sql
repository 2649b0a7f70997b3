INSERT INTO secrets_gone (hash) VALUES (decode(repeat('41', 32), 'hex')), (NULL);
