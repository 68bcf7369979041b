-- Objects outside of the project that affect its objects. Members of extensions are left out.
-- Whether the affected object belongs to the project is decided where the rows are read.
WITH makers AS (
    -- In a shared schema, new objects of these roles belong to the project, which are the owner of
    -- the database and the role that migrates.
    SELECT d.datdba AS oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
    UNION
    SELECT c.relowner
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = :version_schema AND c.relname = :version_table
)

-- Rows of a child table appear in every query of its parent. Temporary tables of other sessions are
-- left out.
SELECT
    'table-inherited' AS code,
    n.nspname AS schema,
    c.relname AS name,
    cn.nspname AS other_schema,
    child.relname AS other,
    format('ALTER TABLE %I.%I NO INHERIT %I.%I', cn.nspname, child.relname, n.nspname, c.relname) AS repair
FROM pg_catalog.pg_inherits AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.inhparent
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS child ON child.oid = i.inhrelid
JOIN pg_catalog.pg_namespace AS cn ON cn.oid = child.relnamespace
WHERE NOT child.relispartition
    AND child.relkind IN ('r', 'p', 'f')
    AND child.relpersistence <> 't'
    AND n.nspname = ANY (CAST(:schemas AS text[]))
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.deptype = 'e' AND (
            (d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = child.oid)
            -- The schema of an extension contains what the extension creates, such as the chunks of
            -- TimescaleDB.
            OR (d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = cn.oid)
        )
    )
UNION ALL
-- Every role may read pg_subscription, except for the connection string.
SELECT 'table-subscribed', n.nspname, c.relname, NULL, s.subname, NULL
FROM pg_catalog.pg_subscription_rel AS r
JOIN pg_catalog.pg_subscription AS s ON s.oid = r.srsubid
JOIN pg_catalog.pg_class AS c ON c.oid = r.srrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (CAST(:schemas AS text[]))
UNION ALL
-- The privileges of a managed schema are compared themselves.
SELECT 'schema-open', n.nspname, NULL, NULL, 'CREATE for PUBLIC',
    format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', n.nspname)
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = ANY (CAST(:shared AS text[]))
    AND EXISTS (
        SELECT FROM aclexplode(n.nspacl) AS item
        WHERE item.grantee = 0 AND item.privilege_type = 'CREATE'
    )
UNION ALL
SELECT 'default-privileges-unexpected', n.nspname, format('for the owner on %s', kinds.word), NULL,
    granted.privileges || ' for PUBLIC',
    format(
        'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I REVOKE ALL ON %s FROM PUBLIC',
        pg_get_userbyid(d.defaclrole), n.nspname, upper(kinds.word)
    )
FROM pg_catalog.pg_default_acl AS d
JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
JOIN (
    VALUES
        (CAST('r' AS "char"), 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types')
) AS kinds (kind, word) ON kinds.kind = d.defaclobjtype
CROSS JOIN LATERAL (
    SELECT string_agg(item.privilege_type, ', ' ORDER BY item.privilege_type) AS privileges
    FROM aclexplode(d.defaclacl) AS item
    WHERE item.grantee = 0
) AS granted
WHERE n.nspname = ANY (CAST(:shared AS text[]))
    AND granted.privileges IS NOT NULL
    AND (d.defaclrole = n.nspowner OR d.defaclrole IN (SELECT m.oid FROM makers AS m))
UNION ALL
SELECT 'role-connect', NULL, parts.part, NULL, NULL,
    format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), r.rolname)
FROM unnest(CAST(:role_names AS text[]), CAST(:role_parts AS text[])) AS parts (role, part)
JOIN pg_catalog.pg_roles AS r ON r.rolname = parts.role
WHERE NOT has_database_privilege(r.oid, current_database(), 'CONNECT')
ORDER BY 1, 2, 3, 4, 5;
