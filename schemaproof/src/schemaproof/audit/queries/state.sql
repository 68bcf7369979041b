-- The objects of the audit, without reading its rows.
WITH part AS (
    SELECT n.nspowner AS owner FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'schemaproof_audit'
    UNION
    SELECT c.relowner
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'schemaproof_audit'
    UNION
    SELECT p.proowner
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'schemaproof_audit'
),

-- The roles that may have created it, which are superusers, and the roles that a managed server
-- without superusers allows to create event triggers.
maker AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolsuper
    UNION
    SELECT e.evtowner
    FROM pg_catalog.pg_event_trigger AS e
    WHERE e.evtname IN ('schemaproof_audit_command', 'schemaproof_audit_drop')
),

-- Any other object in the schema is unexpected.
acl AS (
    SELECT format('SCHEMA %I', n.nspname) AS object, n.nspowner AS owner, n.nspacl AS acl, 'USAGE' AS harmless
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = 'schemaproof_audit'
    UNION ALL
    SELECT
        format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname),
        c.relowner, c.relacl, 'SELECT'
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'schemaproof_audit' AND c.relname IN ('command', 'command_id_seq')
    UNION ALL
    SELECT format('TABLE %I.%I', n.nspname, c.relname), c.relowner, a.attacl, 'SELECT'
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'schemaproof_audit' AND c.relname = 'command'
)

SELECT
    n.oid IS NOT NULL OR EXISTS (
        SELECT FROM pg_catalog.pg_event_trigger AS e
        WHERE e.evtname IN ('schemaproof_audit_command', 'schemaproof_audit_drop')
    ) AS is_there,
    coalesce(c.relkind = 'r', false) AS is_table,
    coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'), false) AS may_read,
    pg_get_userbyid(n.nspowner)::text AS owner,
    coalesce(greatest(c.reltuples, 0)::bigint, 0) AS commands,
    coalesce(pg_total_relation_size(c.oid), 0) AS bytes,
    ARRAY(
        SELECT pg_get_userbyid(part.owner)::text FROM part
        WHERE part.owner NOT IN (SELECT maker.oid FROM maker) ORDER BY 1
    ) AS strangers,
    ARRAY(
        SELECT DISTINCT format(
            'REVOKE %s ON %s FROM %s CASCADE', item.privilege_type, acl.object,
            CASE WHEN item.grantee = 0 THEN 'PUBLIC' ELSE item.grantee::regrole::text END
        )
        FROM acl
        CROSS JOIN LATERAL aclexplode(acl.acl) AS item
        WHERE item.grantee <> acl.owner
            AND (item.privilege_type <> acl.harmless OR item.is_grantable OR item.grantee = 0)
        ORDER BY 1
    ) AS revokes,
    coalesce(current_setting('event_triggers', true)::boolean, true) AS event_triggers,
    ARRAY(
        SELECT concat_ws(
            ' ', 'ALTER', 'ROLE ' || CASE
                WHEN s.setrole <> 0 THEN s.setrole::regrole::text
                WHEN s.setdatabase = 0 THEN 'ALL'
            END,
            CASE WHEN s.setrole <> 0 THEN 'IN ' END || 'DATABASE ' || quote_ident(d.datname),
            CASE WHEN s.setrole = 0 THEN 'DATABASE ' || quote_ident(d.datname) END,
            'RESET event_triggers'
        )
        FROM pg_catalog.pg_db_role_setting AS s
        LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
        CROSS JOIN LATERAL unnest(s.setconfig) AS setting
        WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
            AND lower(split_part(setting, '=', 1)) = 'event_triggers'
            AND lower(split_part(setting, '=', 2)) NOT IN ('on', 'true', 'yes', '1')
        ORDER BY 1
    ) AS resets
FROM (VALUES (1)) AS one
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = 'schemaproof_audit'
LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'command'
