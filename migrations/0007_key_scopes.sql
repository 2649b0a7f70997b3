-- What a management key may do. Null is everything that an owner may, as for the keys from before.

ALTER TABLE management_keys
    ADD COLUMN scopes text[],
    ADD CONSTRAINT management_keys_scopes_known CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['verify']);
