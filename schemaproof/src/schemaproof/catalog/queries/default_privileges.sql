-- The privileges on new objects of a role, in a schema of the project, or in all schemas for a role
-- with a part in the project (the owner of a schema, the role that migrates, or a role that the
-- project names). PostgreSQL keeps no entry for default privileges that equal acldefault(). So an
-- entry that only contains the owner's privileges means that PUBLIC has lost some. Each environment
-- decides about other grants, and about grants to the roles of the project.
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

entries AS (
    SELECT
        d.defaclrole AS role,
        d.defaclnamespace AS namespace,
        d.defaclacl AS acl,
        CAST(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END AS "char") AS kind,
        format(
            'for %s on %s',
            CASE
                WHEN d.defaclrole IN (SELECT o.oid FROM owners AS o) THEN 'the owner'
                ELSE coalesce(known.part, 'another role')
            END,
            CASE d.defaclobjtype
                WHEN 'r' THEN 'tables'
                WHEN 'S' THEN 'sequences'
                WHEN 'f' THEN 'functions'
                WHEN 'T' THEN 'types'
                WHEN 'n' THEN 'schemas'
                ELSE 'large objects'
            END
        ) AS name
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN known ON known.oid = d.defaclrole
    WHERE d.defaclnamespace = ANY (CAST(:managed_oids AS oid[]))
        OR (
            d.defaclnamespace = 0
            AND (d.defaclrole IN (SELECT o.oid FROM owners AS o) OR known.oid IS NOT NULL)
        )
),

items AS (
    -- The privilege MAINTAIN, which exists since 17, is a part of all privileges on tables.
    SELECT
        e.namespace,
        e.name,
        e.role,
        e.kind,
        item.grantee,
        known.part AS named,
        count(*) FILTER (WHERE NOT item.is_grantable) AS plain,
        coalesce(
            string_agg(
                item.privilege_type || CASE WHEN item.is_grantable THEN '*' ELSE '' END,
                ', ' ORDER BY item.privilege_type
            ) FILTER (WHERE item.privilege_type <> 'MAINTAIN'),
            max(item.privilege_type)
        ) AS privileges
    FROM entries AS e
    LEFT JOIN LATERAL aclexplode(e.acl) AS item ON true
    LEFT JOIN known ON known.oid = item.grantee AND item.grantee <> e.role
    GROUP BY e.namespace, e.name, e.role, e.kind, item.grantee, known.part
),

grants AS (
    SELECT
        i.*,
        CASE
            WHEN i.grantee = 0 THEN 'PUBLIC'
            WHEN i.grantee = i.role THEN 'owner'
            ELSE coalesce(i.named, 'another role')
        END AS part,
        i.grantee IS NULL OR (
            i.grantee = i.role
            AND i.namespace = 0
            AND i.plain = (
                SELECT count(*)
                FROM aclexplode(acldefault(i.kind, i.role)) AS usual
                WHERE usual.grantee = i.role
            )
        ) AS usual
    FROM items AS i
)

SELECT
    n.nspname AS schema,
    g.name,
    'ALTER DEFAULT PRIVILEGES ' || g.name AS definition,
    pg_get_userbyid(max(g.role)) AS holder,
    coalesce(
        jsonb_agg(
            jsonb_build_array(g.part, g.privileges, CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END)
            ORDER BY g.part COLLATE "C", g.privileges COLLATE "C", g.grantee
        ) FILTER (WHERE NOT g.usual),
        '[]'
    ) AS grants,
    bool_or(g.named IS NOT NULL) AND bool_and(g.usual OR g.named IS NOT NULL) AS optional
FROM grants AS g
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = g.namespace
GROUP BY n.nspname, g.name
ORDER BY n.nspname, g.name;
