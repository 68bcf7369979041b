-- Whether reading the rows of a relation could run code of another role (a view, or an untrusted
-- type), or would hide some of them. There is no row if the relation does not exist.
SELECT c.relkind NOT IN ('r', 'p')
    OR row_security_active(c.oid)
    OR EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid
            AND a.attnum > 0
            AND a.atttypid = ANY (CAST(:untrusted_types AS oid[]))
    )
FROM pg_catalog.pg_class AS c
WHERE c.oid = to_regclass(:name)
