-- Relations of other schemas that have the name of a relation of the project, for each role that may
-- connect and has that schema in its search_path. The search_path is that of the role in this
-- database, of the role, of the database, or PostgreSQL's default, whichever is set first.
WITH ours AS (
    SELECT own.schema, own.name
    FROM unnest(CAST(:own_schemas AS text[]), CAST(:own_names AS text[])) AS own (schema, name)
),

paths AS (
    SELECT r.oid, r.rolname AS role, coalesce(setting.value, '"$user", public') AS path
    FROM pg_catalog.pg_roles AS r
    JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
    LEFT JOIN LATERAL (
        SELECT substr(item, strpos(item, '=') + 1) AS value
        FROM pg_catalog.pg_db_role_setting AS s
        CROSS JOIN LATERAL unnest(s.setconfig) AS item
        WHERE s.setdatabase IN (0, d.oid)
            AND s.setrole IN (0, r.oid)
            AND split_part(item, '=', 1) = 'search_path'
        ORDER BY s.setrole = 0, s.setdatabase = 0
        LIMIT 1
    ) AS setting ON true
    WHERE r.rolcanlogin AND has_database_privilege(r.oid, d.oid, 'CONNECT')
)

SELECT n.nspname AS schema, c.relname AS name, p.role, p.path
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN paths AS p ON n.nspname = p.role OR strpos(lower(p.path), lower(n.nspname)) > 0
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_'
    AND c.relname IN (SELECT o.name FROM ours AS o)
    AND (n.nspname, c.relname) NOT IN (SELECT o.schema, o.name FROM ours AS o)
    AND has_schema_privilege(p.oid, n.oid, 'USAGE')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY n.nspname, c.relname, p.role;
