-- The owner and the privileges of every object that has them. Roles are reported by their part,
-- because names of roles differ from one environment to the next. The usual owner is the owner of
-- the schema, or the role that migrates (the owner of Alembic's table). These are left out because
-- they are the default, the owner's own full set of privileges, the privileges that acldefault()
-- gives (which NULL in an acl column means, see the manual, 5.8 Privileges), and those that the
-- owner's default privileges have given, which are compared themselves.
WITH migrator AS (
    SELECT c.relowner AS role
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = :version_schema AND c.relname = :version_table
),

usual AS (
    SELECT n.oid AS schema, CASE
        WHEN n.nspowner = 'pg_database_owner'::regrole THEN d.datdba ELSE n.nspowner
    END AS role
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
    UNION
    SELECT n.oid, m.role FROM pg_catalog.pg_namespace AS n, migrator AS m
    UNION
    SELECT 0, d.datdba FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
    UNION
    SELECT 0, m.role FROM migrator AS m
),

objects AS (
    SELECT 'pg_class'::regclass AS class, c.oid, 0 AS sub, c.relnamespace AS schema,
        c.relowner AS owner, c.relacl AS acl,
        CAST(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS "char") AS kind
    FROM pg_catalog.pg_class AS c
    WHERE c.oid = ANY (CAST(:relations AS oid[]) || CAST(:sequences AS oid[]))
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum, c.relnamespace, c.relowner, a.attacl, 'c'
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    WHERE a.attrelid = ANY (CAST(:relations AS oid[])) AND a.attacl IS NOT NULL AND a.attnum > 0
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, 0, CASE
        WHEN n.nspowner = 'pg_database_owner'::regrole
            THEN (SELECT datdba FROM pg_catalog.pg_database WHERE datname = current_database())
        ELSE n.nspowner
    END, n.nspacl, 'n'
    FROM pg_catalog.pg_namespace AS n
    WHERE n.oid = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, p.pronamespace, p.proowner, p.proacl, 'f'
    FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, t.typnamespace, t.typowner, t.typacl, 'T'
    FROM pg_catalog.pg_type AS t
    WHERE t.typnamespace = ANY (CAST(:schema_oids AS oid[])) AND t.typelem = 0
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, 0, s.srvowner, s.srvacl, 'S'
    FROM pg_catalog.pg_foreign_server AS s
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0, 0, w.fdwowner, w.fdwacl, 'F'
    FROM pg_catalog.pg_foreign_data_wrapper AS w
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 0, 0, l.lanowner, l.lanacl, 'l'
    FROM pg_catalog.pg_language AS l
    UNION ALL
    SELECT 'pg_database'::regclass, d.oid, 0, 0, d.datdba, NULL, NULL
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = current_database()
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, 0, o.oprnamespace, o.oprowner, NULL, NULL
    FROM pg_catalog.pg_operator AS o
    WHERE o.oprnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_opclass'::regclass, o.oid, 0, o.opcnamespace, o.opcowner, NULL, NULL
    FROM pg_catalog.pg_opclass AS o
    WHERE o.opcnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_opfamily'::regclass, o.oid, 0, o.opfnamespace, o.opfowner, NULL, NULL
    FROM pg_catalog.pg_opfamily AS o
    WHERE o.opfnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_collation'::regclass, c.oid, 0, c.collnamespace, c.collowner, NULL, NULL
    FROM pg_catalog.pg_collation AS c
    WHERE c.collnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_conversion'::regclass, c.oid, 0, c.connamespace, c.conowner, NULL, NULL
    FROM pg_catalog.pg_conversion AS c
    WHERE c.connamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_ts_config'::regclass, c.oid, 0, c.cfgnamespace, c.cfgowner, NULL, NULL
    FROM pg_catalog.pg_ts_config AS c
    WHERE c.cfgnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid, 0, d.dictnamespace, d.dictowner, NULL, NULL
    FROM pg_catalog.pg_ts_dict AS d
    WHERE d.dictnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid, 0, s.stxnamespace, s.stxowner, NULL, NULL
    FROM pg_catalog.pg_statistic_ext AS s
    WHERE s.stxrelid = ANY (CAST(:relations AS oid[]))
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid, 0, 0, p.pubowner, NULL, NULL
    FROM pg_catalog.pg_publication AS p
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, e.oid, 0, 0, e.evtowner, NULL, NULL
    FROM pg_catalog.pg_event_trigger AS e
),

-- The granted privileges without those of acldefault(), so that they are the same on every server.
held AS (
    SELECT o.class, o.oid, o.sub, o.kind, o.owner, stated.by, item.grantee,
        item.privilege_type AS privilege, bool_or(item.is_grantable) AS grantable
    FROM objects AS o
    LEFT JOIN pg_catalog.pg_default_acl AS everywhere
        ON everywhere.defaclrole = o.owner
        AND everywhere.defaclnamespace = 0
        AND everywhere.defaclobjtype = CASE o.kind WHEN 's' THEN 'S' ELSE o.kind END
    LEFT JOIN pg_catalog.pg_default_acl AS here
        ON here.defaclrole = o.owner
        AND here.defaclnamespace = o.schema
        AND here.defaclobjtype = CASE o.kind WHEN 's' THEN 'S' ELSE o.kind END
    CROSS JOIN LATERAL (
        VALUES
            (o.acl, 'hand'),
            (acldefault(o.kind, o.owner), 'server'),
            (
                CASE
                    WHEN everywhere.oid IS NOT NULL OR here.oid IS NOT NULL
                        THEN coalesce(everywhere.defaclacl, acldefault(o.kind, o.owner))
                            || coalesce(here.defaclacl, '{}')
                END,
                'default privileges'
            )
    ) AS stated (acl, by)
    CROSS JOIN LATERAL aclexplode(stated.acl) AS item
    WHERE o.acl IS NOT NULL
    GROUP BY o.class, o.oid, o.sub, o.kind, o.owner, stated.by, item.grantee, privilege
),

known AS (
    SELECT r.oid, parts.part
    FROM unnest(CAST(:role_names AS text[]), CAST(:role_parts AS text[])) AS parts (role, part)
    JOIN pg_catalog.pg_roles AS r ON r.rolname = parts.role
),

grants AS (
    SELECT h.class, h.oid, h.sub, h.by,
        CASE
            WHEN h.grantee = 0 THEN 'PUBLIC'
            WHEN h.grantee = h.owner THEN 'owner'
            ELSE coalesce(k.part, 'another role')
        END AS part,
        CASE WHEN h.grantee <> 0 THEN pg_get_userbyid(h.grantee) END AS role,
        CASE
            WHEN count(*) = every.count AND NOT bool_or(h.grantable) THEN 'ALL'
            WHEN count(*) = every.count AND bool_and(h.grantable) THEN 'ALL*'
            ELSE string_agg(
                h.privilege || CASE WHEN h.grantable THEN '*' ELSE '' END,
                ', ' ORDER BY h.privilege
            )
        END AS privileges
    FROM held AS h
    LEFT JOIN known AS k ON k.oid = h.grantee
    CROSS JOIN LATERAL (
        SELECT CASE h.kind WHEN 'c' THEN 4 ELSE count(*) END AS count
        FROM aclexplode(acldefault(h.kind, h.owner)) AS item
        WHERE item.grantee = h.owner
    ) AS every
    GROUP BY h.class, h.oid, h.sub, h.by, h.owner, h.grantee, k.part, every.count
    UNION ALL
    -- The owner may have revoked all privileges from himself.
    SELECT o.class, o.oid, o.sub, 'hand', 'owner', pg_get_userbyid(o.owner), 'nothing'
    FROM objects AS o
    WHERE o.acl IS NOT NULL
        AND o.kind <> 'c'
        AND NOT EXISTS (SELECT FROM aclexplode(o.acl) AS item WHERE item.grantee = o.owner)
),

said AS (
    SELECT g.class, g.oid, g.sub, g.by,
        jsonb_agg(
            jsonb_build_array(g.part, g.privileges, g.role)
            ORDER BY g.part COLLATE "C", g.privileges COLLATE "C", g.role COLLATE "C"
        ) AS grants
    FROM grants AS g
    WHERE NOT (g.part = 'owner' AND g.privileges = 'ALL')
    GROUP BY g.class, g.oid, g.sub, g.by
)

SELECT
    o.class::text AS catalog,
    o.oid,
    o.sub,
    pg_get_userbyid(o.owner) AS owner_role,
    CASE
        WHEN usual.role IS NULL THEN coalesce(known.part, 'another role')
    END AS owner,
    CASE
        WHEN o.acl IS NOT NULL
            AND actual.grants IS DISTINCT FROM usually.grants
            AND (declared.grants IS NULL OR actual.grants IS DISTINCT FROM declared.grants)
            THEN coalesce(actual.grants, '[]')
    END AS grants
FROM objects AS o
LEFT JOIN usual ON usual.schema = o.schema AND usual.role = o.owner
LEFT JOIN known ON known.oid = o.owner
LEFT JOIN said AS actual
    ON actual.class = o.class AND actual.oid = o.oid AND actual.sub = o.sub AND actual.by = 'hand'
LEFT JOIN said AS usually
    ON usually.class = o.class AND usually.oid = o.oid AND usually.sub = o.sub AND usually.by = 'server'
LEFT JOIN said AS declared
    ON declared.class = o.class AND declared.oid = o.oid AND declared.sub = o.sub
    AND declared.by = 'default privileges'
WHERE o.acl IS NOT NULL
    OR o.sub = 0;
