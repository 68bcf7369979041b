-- What new objects of a role are granted: in a schema of ours, or everywhere for a role that plays a
-- part for us (the owner of a schema, whoever migrates, a role that the project names). What is granted
-- to roles that the project names is decided in each environment (monps-db roles), and so is what is
-- taken from PUBLIC beside it. Whatever else is said for every schema is said because it is not the
-- usual: PostgreSQL keeps no entry that says the same as acldefault().
WITH owners AS (
    SELECT n.nspowner AS oid
    FROM pg_catalog.pg_namespace AS n
    WHERE n.oid = ANY (CAST(:managed_oids AS oid[]))
    UNION
    SELECT c.relowner
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = :version_schema AND c.relname = :version_table
),

known AS (
    SELECT r.oid, parts.part
    FROM unnest(CAST(:role_names AS text[]), CAST(:role_parts AS text[])) AS parts (role, part)
    JOIN pg_catalog.pg_roles AS r ON r.rolname = parts.role
),

items AS (
    SELECT
        n.nspname AS schema,
        CASE
            WHEN d.defaclrole IN (SELECT o.oid FROM owners AS o) THEN 'the owner'
            ELSE coalesce(known.part, 'another role')
        END AS part,
        kinds.objects,
        kinds.usual,
        pg_get_userbyid(d.defaclrole) AS role,
        CASE
            WHEN item.grantee = 0 THEN 'PUBLIC'
            WHEN coalesce(item.grantee, d.defaclrole) = d.defaclrole THEN 'owner'
            ELSE coalesce(grantee.part, 'another role')
        END AS grantee,
        item.privilege_type || CASE WHEN item.is_grantable THEN '*' ELSE '' END AS privilege,
        CASE
            WHEN item.grantee <> d.defaclrole
                THEN format(
                    'ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON %s FROM %s',
                    pg_get_userbyid(d.defaclrole),
                    ' IN SCHEMA ' || quote_ident(n.nspname),
                    kinds.objects,
                    CASE item.grantee
                        WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(item.grantee))
                    END
                )
        END AS undo,
        EXISTS (
            SELECT FROM aclexplode(d.defaclacl) AS other
            JOIN known ON known.oid = other.grantee
            WHERE other.grantee <> d.defaclrole
        ) AS decided_here
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN LATERAL aclexplode(d.defaclacl) AS item ON true
    CROSS JOIN LATERAL (
        SELECT CASE d.defaclobjtype
            WHEN 'r' THEN 'tables'
            WHEN 'S' THEN 'sequences'
            WHEN 'f' THEN 'functions'
            WHEN 'T' THEN 'types'
            WHEN 'n' THEN 'schemas'
            ELSE 'large objects'
        END AS objects,
        CASE d.defaclobjtype WHEN 'f' THEN 'EXECUTE' WHEN 'T' THEN 'USAGE' END AS usual
    ) AS kinds
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
    LEFT JOIN known ON known.oid = d.defaclrole
    LEFT JOIN known AS grantee ON grantee.oid = item.grantee
    WHERE (grantee.oid IS NULL OR item.grantee = d.defaclrole)
        AND (
            d.defaclnamespace = ANY (CAST(:managed_oids AS oid[]))
            OR (
                d.defaclnamespace = 0
                AND (d.defaclrole IN (SELECT o.oid FROM owners AS o) OR known.oid IS NOT NULL)
            )
        )
),

said AS (
    -- What 17 and later call MAINTAIN belongs to everything that there is to grant on tables.
    SELECT schema, part, objects, usual, role, grantee, decided_here, coalesce(
        string_agg(DISTINCT privilege, ', ' ORDER BY privilege)
        FILTER (WHERE privilege NOT LIKE 'MAINTAIN%'),
        max(privilege),
        'nothing'
    ) AS privileges,
    string_agg(DISTINCT undo, '; ') AS undo
    FROM items
    GROUP BY schema, part, objects, usual, role, grantee, decided_here
)

SELECT
    schema,
    format('for %s on %s', part, objects) AS name,
    string_agg(format('%s: %s', grantee, privileges), '; ' ORDER BY grantee COLLATE "C") AS definition,
    bool_or(decided_here) AND bool_and(grantee = 'owner') AS optional,
    -- What is said for every schema stands in place of the usual, which has to be given back.
    concat_ws(
        '; ',
        string_agg(undo, '; '),
        CASE
            WHEN schema IS NULL
                THEN string_agg(DISTINCT concat_ws(
                    '; ',
                    format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT ALL ON %s TO %I', role, objects, role),
                    format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT ', role)
                        || usual || format(' ON %s TO PUBLIC', objects)
                ), '; ')
        END
    ) AS undo
FROM said
GROUP BY schema, part, objects
HAVING bool_or(grantee <> 'owner') OR schema IS NULL
ORDER BY schema, name;
