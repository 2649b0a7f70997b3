-- Management keys that were revoked, deleted or changed, by whatever hand: whoever remembers one forgets it, as it forgets tokens, and asks again.

CREATE FUNCTION management_keys_mark_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO secrets_gone (hash) VALUES (OLD.secret_hash);
    PERFORM pg_notify('tokenkeep_changes', 'secret_gone');
    RETURN NULL;
END $$;

CREATE TRIGGER management_keys_mark_deleted AFTER DELETE ON management_keys
    FOR EACH ROW EXECUTE FUNCTION management_keys_mark_gone();

CREATE TRIGGER management_keys_mark_changed AFTER UPDATE ON management_keys
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION management_keys_mark_gone();

CREATE TRIGGER management_keys_mark_truncated AFTER TRUNCATE ON management_keys
    FOR EACH STATEMENT EXECUTE FUNCTION secrets_gone_mark_all();
