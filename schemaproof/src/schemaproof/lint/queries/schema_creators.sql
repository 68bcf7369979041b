-- The roles that may create objects in a schema which revisions search, except for the owner of the
-- database, superusers and the role that migrates.
SELECT coalesce(r.rolname, 'everybody') AS creator
FROM pg_catalog.pg_namespace AS n
CROSS JOIN LATERAL pg_catalog.aclexplode(
    coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
) AS acl
JOIN pg_catalog.pg_database AS d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = acl.grantee
WHERE n.nspname = :schema
    AND acl.privilege_type = 'CREATE'
    AND acl.grantee <> d.datdba
    AND (r.rolname IS NULL OR NOT r.rolsuper AND r.rolname NOT IN (current_user, 'pg_database_owner'))
GROUP BY 1
ORDER BY 1
