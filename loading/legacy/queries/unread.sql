-- Whether reading rows of a relation could run somebody else's code (a view; a type whose owner may have
-- made a cast of it), or would not show them all. No row where there is no such relation.
SELECT c.relkind NOT IN ('r', 'p')
    OR row_security_active(c.oid)
    OR EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_type AS ty ON ty.oid = a.atttypid
        JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
        WHERE a.attrelid = c.oid
            AND a.attnum > 0
            AND NOT pg_has_role(ty.typowner, d.datdba, 'MEMBER')
            AND pg_get_userbyid(ty.typowner) NOT IN (current_user, session_user)
    )
FROM pg_catalog.pg_class AS c
WHERE c.oid = to_regclass(:name)
