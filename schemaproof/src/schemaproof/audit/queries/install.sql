-- Makes the audit, or brings an older one forward. Run by a superuser, in one transaction: the event triggers
-- belong to whoever makes them, and so does the table that they alone write.
-- First, or what follows would be recorded.
DROP EVENT TRIGGER IF EXISTS schemaproof_audit_command;
DROP EVENT TRIGGER IF EXISTS schemaproof_audit_drop;

CREATE SCHEMA IF NOT EXISTS schemaproof_audit;

DO $$
DECLARE
    is_new constant boolean := to_regclass('schemaproof_audit.command') IS NULL;
    held record;
BEGIN
    IF is_new THEN
        CREATE TABLE schemaproof_audit.command (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            transaction_id xid8 NOT NULL,
            event text NOT NULL,
            tag text NOT NULL,
            session_role text NOT NULL,
            set_role text,
            client_address inet,
            application_name text NOT NULL,
            statement text,
            kept text NOT NULL,
            objects jsonb NOT NULL,
            names text[] NOT NULL,
            migrators_lock boolean NOT NULL
        );
    END IF;
    -- Also what default privileges have granted. Who may read is left to each environment.
    FOR held IN
        SELECT
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee,
            bool_or(object.is_table AND a.privilege_type = 'SELECT' AND a.grantee <> 0) AS reads
        FROM (
            SELECT nspacl, nspowner, false FROM pg_catalog.pg_namespace WHERE nspname = 'schemaproof_audit'
            UNION ALL
            SELECT relacl, relowner, relname = 'command' FROM pg_catalog.pg_class
            WHERE relnamespace = 'schemaproof_audit'::regnamespace
            UNION ALL
            SELECT t.attacl, c.relowner, false FROM pg_catalog.pg_attribute AS t
            JOIN pg_catalog.pg_class AS c ON c.oid = t.attrelid
            WHERE c.relnamespace = 'schemaproof_audit'::regnamespace
        ) AS object (acl, owner, is_table)
        CROSS JOIN LATERAL aclexplode(object.acl) AS a
        WHERE a.grantee <> object.owner
        GROUP BY a.grantee
    LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA schemaproof_audit FROM %s CASCADE', held.grantee);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA schemaproof_audit FROM %s CASCADE', held.grantee);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA schemaproof_audit FROM %s CASCADE', held.grantee);
        IF held.reads AND NOT is_new THEN
            EXECUTE format('GRANT USAGE ON SCHEMA schemaproof_audit TO %s', held.grantee);
            EXECUTE format('GRANT SELECT ON schemaproof_audit.command TO %s', held.grantee);
        END IF;
    END LOOP;
END
$$;

COMMENT ON TABLE schemaproof_audit.command IS
    'DDL commands on this database; written by the event triggers schemaproof_audit_... alone';

CREATE INDEX IF NOT EXISTS command_names ON schemaproof_audit.command USING gin (names);

@{record_function};

-- pg_read_all_stats sees the statements of other sessions anyway (manual, 22.5 Predefined Roles).
GRANT USAGE ON SCHEMA schemaproof_audit TO @{readers};
GRANT SELECT ON schemaproof_audit.command TO @{readers};

CREATE EVENT TRIGGER schemaproof_audit_command ON ddl_command_end
    EXECUTE FUNCTION schemaproof_audit.record();
CREATE EVENT TRIGGER schemaproof_audit_drop ON sql_drop
    EXECUTE FUNCTION schemaproof_audit.record();
-- Also where a session applies what another server sends (session_replication_role).
ALTER EVENT TRIGGER schemaproof_audit_command ENABLE ALWAYS;
ALTER EVENT TRIGGER schemaproof_audit_drop ENABLE ALWAYS;
