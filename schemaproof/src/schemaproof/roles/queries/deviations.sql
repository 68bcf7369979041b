-- The differences between the database and what the script of the roles creates. Privileges are
-- evaluated as the server does, through memberships and PUBLIC.
WITH wanted_roles (name, can_log_in) AS (
    VALUES
        (CAST(:owner AS text), false),
        (CAST(:migrator AS text), true),
        (CAST(:application AS text), true),
        (CAST(:readonly AS text), true)
),
roles AS (
    SELECT w.name, w.can_log_in, r.oid, r.rolcanlogin, r.rolinherit,
        r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls
            AS has_power
    FROM wanted_roles AS w
    LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = w.name
),
ours AS (
    SELECT
        c.oid,
        c.relowner,
        format('%I.%I', n.nspname, c.relname) AS name,
        c.oid IN (
            SELECT to_regclass(wanted) FROM unnest(CAST(:records AS text[])) AS wanted
        ) AS is_record
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid IN (
        SELECT to_regclass(wanted) FROM unnest(CAST(:tables AS text[])) AS wanted
    )
),
rights AS (
    SELECT
        r.name AS role,
        t.name AS object,
        kind.privilege,
        CASE
            WHEN kind.privilege = 'SELECT' THEN true
            WHEN kind.privilege IN ('INSERT', 'UPDATE', 'DELETE')
                THEN r.name = :application AND NOT t.is_record
            ELSE false
        END AS wanted,
        has_table_privilege(r.oid, t.oid, kind.privilege) AS found
    FROM roles AS r
    CROSS JOIN ours AS t
    CROSS JOIN (
        VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'),
            ('TRIGGER')
    ) AS kind (privilege)
    WHERE r.name IN (:application, :readonly) AND r.oid IS NOT NULL
),
schema_rights AS (
    SELECT
        r.name AS role,
        quote_ident(n.nspname) AS object,
        kind.privilege,
        kind.privilege = 'USAGE' OR r.name = :owner AS wanted,
        has_schema_privilege(r.oid, n.oid, kind.privilege) AS found
    FROM roles AS r
    CROSS JOIN pg_catalog.pg_namespace AS n
    CROSS JOIN (VALUES ('USAGE'), ('CREATE')) AS kind (privilege)
    WHERE r.oid IS NOT NULL
        AND r.name IN (:owner, :application, :readonly)
        AND n.nspname = ANY (CAST(:schemas AS text[]))
),
defaults AS (
    SELECT
        r.name AS role,
        CASE kind.type WHEN 'r' THEN 'future tables' ELSE 'future sequences' END AS object,
        kind.privilege,
        EXISTS (
            SELECT
            FROM pg_catalog.pg_default_acl AS d
            CROSS JOIN aclexplode(d.defaclacl) AS a
            WHERE d.defaclrole = (SELECT oid FROM roles WHERE name = :owner)
                AND d.defaclnamespace = 0
                AND d.defaclobjtype = kind.type
                AND a.grantee = r.oid
                AND a.privilege_type = kind.privilege
        ) AS found
    FROM roles AS r
    JOIN (
        VALUES
            (CAST(:application AS text), 'r'::"char", 'SELECT'),
            (CAST(:application AS text), 'r', 'INSERT'),
            (CAST(:application AS text), 'r', 'UPDATE'),
            (CAST(:application AS text), 'r', 'DELETE'),
            (CAST(:application AS text), 'S', 'USAGE'),
            (CAST(:application AS text), 'S', 'SELECT'),
            (CAST(:readonly AS text), 'r', 'SELECT'),
            (CAST(:readonly AS text), 'S', 'SELECT')
    ) AS kind (role, type, privilege) ON kind.role = r.name
    WHERE r.oid IS NOT NULL
)
SELECT name || ' does not exist' AS deviation FROM roles WHERE oid IS NULL
UNION ALL
SELECT name || CASE WHEN can_log_in THEN ' cannot log in' ELSE ' can log in' END
FROM roles WHERE rolcanlogin <> can_log_in
UNION ALL
SELECT name || ' has a power over the whole server (superuser, createdb, createrole, replication'
    || ' or bypassrls)'
FROM roles WHERE has_power
UNION ALL
SELECT name || ' inherits the owner''s privileges' FROM roles WHERE name = :migrator AND rolinherit
UNION ALL
SELECT member.name || ' is not a member of ' || owner.name
FROM roles AS member, roles AS owner
WHERE member.name = :migrator AND owner.name = :owner
    AND NOT pg_has_role(member.oid, owner.oid, 'MEMBER')
UNION ALL
SELECT member.name || ' is a member of ' || other.rolname
FROM roles AS member
JOIN pg_catalog.pg_auth_members AS m ON m.member = member.oid
JOIN pg_catalog.pg_roles AS other ON other.oid = m.roleid
WHERE NOT (member.name = :migrator AND other.rolname = :owner)
UNION ALL
SELECT name || ' does not act as ' || :owner
FROM roles
WHERE name = :migrator AND oid IS NOT NULL AND NOT EXISTS (
    SELECT
    FROM pg_catalog.pg_db_role_setting AS s
    JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    WHERE s.setrole = roles.oid
        AND d.datname = current_database()
        AND 'role=' || :owner = ANY (s.setconfig)
)
UNION ALL
SELECT name || ' belongs to ' || pg_get_userbyid(relowner)
FROM ours WHERE pg_get_userbyid(relowner) <> :owner
UNION ALL
SELECT role || CASE WHEN found THEN ' may ' ELSE ' may not ' END || privilege || ' on ' || object
FROM (
    SELECT role, object, privilege, wanted, found FROM rights
    UNION ALL
    SELECT role, 'schema ' || object, privilege, wanted, found FROM schema_rights
    UNION ALL
    SELECT role, object, privilege, true, found FROM defaults
) AS every_right
WHERE wanted <> found
UNION ALL
SELECT name || ' may create schemas'
FROM roles
WHERE oid IS NOT NULL
    AND name IN (:application, :readonly)
    AND has_database_privilege(oid, current_database(), 'CREATE')
ORDER BY deviation
