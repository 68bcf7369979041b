-- ALTER DATABASE ... SET and ALTER ROLE ... SET, if they affect the users of the schemas in scope.
-- These are the settings of the database, of the current role, of the owners of the schemas, and of
-- the roles that the project names. Settings that only change the speed of a query are marked,
-- because they change neither its result nor whether it ends.
WITH named AS (
    SELECT r.oid, parts.part
    FROM unnest(CAST(:role_names AS text[]), CAST(:role_parts AS text[])) AS parts (role, part)
    JOIN pg_catalog.pg_roles AS r ON r.rolname = parts.role
),

known AS (
    SELECT named.oid, named.part FROM named
    UNION
    SELECT n.nspowner, 'owner'
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = ANY (CAST(:managed AS text[]))
        AND n.nspowner NOT IN (SELECT named.oid FROM named)
    UNION
    SELECT r.oid, 'current role'
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = current_user AND r.oid NOT IN (SELECT named.oid FROM named)
)

SELECT DISTINCT ON (s.setdatabase, s.setrole, setting.name)
    CASE WHEN s.setrole = 0 THEN 'database' ELSE known.part END AS part,
    setting.name,
    setting.value,
    EXISTS (
        SELECT FROM pg_catalog.pg_settings AS p
        WHERE p.name = setting.name
            AND (
                p.name ~ '^jit'
                OR p.category ~ '^(Query Tuning|Reporting and Logging|Statistics|Vacuuming)'
                OR p.category ~ '^Resource Usage / (Memory|I/O|Worker|Async|Cost)'
            )
    ) AS tuning,
    format(
        'ALTER %s %I%s',
        CASE WHEN s.setrole = 0 THEN 'DATABASE' ELSE 'ROLE' END,
        CASE WHEN s.setrole = 0 THEN current_database() ELSE pg_get_userbyid(s.setrole) END,
        CASE
            WHEN s.setrole <> 0 AND s.setdatabase <> 0
                THEN format(' IN DATABASE %I', current_database())
        END
    ) AS alter
FROM pg_catalog.pg_db_role_setting AS s
JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
CROSS JOIN LATERAL (
    SELECT split_part(item, '=', 1) AS name, substr(item, strpos(item, '=') + 1) AS value
    FROM unnest(s.setconfig) AS item
) AS setting
LEFT JOIN known ON known.oid = s.setrole
WHERE s.setdatabase IN (0, d.oid)
    AND (s.setrole = 0 OR known.oid IS NOT NULL)
ORDER BY s.setdatabase, s.setrole, setting.name, part;
