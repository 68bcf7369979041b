-- The program's own tables as the catalogs describe them, before a row is read or written. The
-- result shows what could run code of another role, or hide rows. Any role that may create objects
-- in the schema may have created a table of that name first.
--
-- Functions are qualified, and operators have exactly the types of the built-in ones, so that no
-- object of another role is used, whatever the search_path is. Objects without a recorded dependency
-- are built in. Only the defaults of the ledger may call built-in functions, because some of those
-- run SQL (query_to_xml).
WITH own AS (
    SELECT
        c.oid, c.relkind, c.relispartition, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
        c.relname, n.nspname, n.nspowner, n.oid AS schema
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.jsonb_array_elements(CAST(CAST(:tables AS text) AS jsonb)) AS wanted (name)
        ON n.nspname = wanted.name ->> 0 AND c.relname = wanted.name ->> 1
),

-- These roles may own the tables, which are the current role, the owner of the database or of a
-- schema of the project, and the roles that the project names as owner or migrator.
trusted AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname IN (current_user, session_user)
    UNION
    SELECT d.datdba FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database()
    UNION
    SELECT own.nspowner FROM own
    UNION
    SELECT n.nspowner FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname IN (
        SELECT named.name
        FROM pg_catalog.jsonb_array_elements_text(CAST(CAST(:schemas AS text) AS jsonb)) AS named (name)
    )
    UNION
    SELECT r.oid FROM pg_catalog.pg_roles AS r
    WHERE r.rolname IN (
        SELECT named.name
        FROM pg_catalog.jsonb_array_elements_text(CAST(CAST(:roles AS text) AS jsonb)) AS named (name)
    )
),

strangers AS (
    SELECT own.oid, CAST(pg_catalog.pg_get_userbyid(own.relowner) AS text) AS name
    FROM own
    -- A role that is a member of one of them can do the same, and a superuser can act as every role.
    WHERE NOT EXISTS (
        SELECT FROM trusted WHERE pg_catalog.pg_has_role(own.relowner, trusted.oid, 'MEMBER')
    )
),

parts AS (
    SELECT own.oid AS own, CAST(CAST('pg_catalog.pg_class' AS regclass) AS oid) AS class,
        own.oid, CAST(NULL AS text) AS tree, CAST(NULL AS text) AS printed
    FROM own
    UNION ALL
    SELECT own.oid, CAST(CAST('pg_catalog.pg_class' AS regclass) AS oid), i.indexrelid,
        pg_catalog.concat(CAST(i.indexprs AS text), CAST(i.indpred AS text)), NULL
    FROM own
    JOIN pg_catalog.pg_index AS i ON i.indrelid = own.oid
    UNION ALL
    SELECT own.oid, CAST(CAST('pg_catalog.pg_attrdef' AS regclass) AS oid), d.oid,
        CAST(d.adbin AS text), pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    FROM own
    JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = own.oid
    UNION ALL
    SELECT own.oid, CAST(CAST('pg_catalog.pg_constraint' AS regclass) AS oid), co.oid,
        CAST(co.conbin AS text), NULL
    FROM own
    JOIN pg_catalog.pg_constraint AS co ON co.conrelid = own.oid
),

faults AS (
    SELECT
        own.oid,
        CASE WHEN own.relkind IN ('r', 'p') THEN 'it is partitioned' ELSE 'it is no table' END AS fault
    FROM own
    WHERE own.relkind <> 'r' OR own.relispartition
    UNION ALL
    SELECT strangers.oid, pg_catalog.concat('it belongs to ', strangers.name)
    FROM strangers
    UNION ALL
    SELECT t.tgrelid, pg_catalog.concat('it has the trigger ', t.tgname)
    FROM own
    JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = own.oid
    UNION ALL
    SELECT r.ev_class, pg_catalog.concat('it has the rule ', r.rulename)
    FROM own
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = own.oid
    WHERE own.relkind = 'r'
    UNION ALL
    SELECT own.oid, 'it has row security'
    FROM own
    WHERE own.relrowsecurity OR own.relforcerowsecurity
    UNION ALL
    SELECT own.oid, 'it inherits, or others inherit from it'
    FROM own
    WHERE EXISTS (
        SELECT FROM pg_catalog.pg_inherits AS i
        WHERE i.inhparent = own.oid OR (i.inhrelid = own.oid AND NOT own.relispartition)
    )
    UNION ALL
    SELECT own.oid, pg_catalog.concat('its column ', a.attname, ' is generated')
    FROM own
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = own.oid
    WHERE a.attgenerated <> ''
    UNION ALL
    SELECT parts.own, 'it calls a function'
    FROM parts
    WHERE parts.tree LIKE '%{FUNCEXPR%'
        AND coalesce(parts.printed NOT IN ('clock_timestamp()', 'SESSION_USER'), true)
    UNION ALL
    SELECT parts.own, 'it uses a type, a function or an operator that is not built in'
    FROM parts
    JOIN pg_catalog.pg_depend AS d ON d.classid = parts.class AND d.objid = parts.oid
    WHERE d.refobjid >= CAST(16384 AS oid)
        AND d.refclassid IN (
            CAST(CAST('pg_catalog.pg_type' AS regclass) AS oid),
            CAST(CAST('pg_catalog.pg_proc' AS regclass) AS oid),
            CAST(CAST('pg_catalog.pg_operator' AS regclass) AS oid),
            CAST(CAST('pg_catalog.pg_opclass' AS regclass) AS oid)
        )
)

SELECT
    CAST(own.nspname AS text) AS schema,
    CAST(own.relname AS text) AS name,
    pg_catalog.concat(
        pg_catalog.quote_ident(own.nspname), '.', pg_catalog.quote_ident(own.relname)
    ) AS quoted,
    own.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND pg_catalog.has_schema_privilege(own.schema, 'USAGE')
        AND pg_catalog.has_table_privilege(own.oid, 'SELECT') AS readable,
    ARRAY(
        SELECT DISTINCT faults.fault FROM faults WHERE faults.oid = own.oid ORDER BY faults.fault
    ) AS faults,
    (SELECT strangers.name FROM strangers WHERE strangers.oid = own.oid) AS stranger,
    -- The table was created by one of those roles, or by the owner of the other table.
    own.relowner IN (SELECT trusted.oid FROM trusted)
        OR EXISTS (
            SELECT FROM own AS other WHERE other.relowner = own.relowner AND other.oid <> own.oid
        ) AS usual_owner,
    ARRAY(
        SELECT DISTINCT CASE
            WHEN item.grantee = CAST(0 AS oid) THEN 'PUBLIC'
            ELSE CAST(pg_catalog.pg_get_userbyid(item.grantee) AS text)
        END
        FROM pg_catalog.pg_default_acl AS d
        CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS item
        WHERE d.defaclrole = own.relowner
            AND d.defaclobjtype = 'r'
            AND d.defaclnamespace IN (CAST(0 AS oid), own.schema)
    ) AS granted_by_default,
    columns.names,
    columns.types,
    columns.needed
FROM own
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(CAST(a.attname AS text) ORDER BY a.attnum) AS names,
        pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS types,
        pg_catalog.array_agg(
            a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' ORDER BY a.attnum
        ) AS needed
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS columns
