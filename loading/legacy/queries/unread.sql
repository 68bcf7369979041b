-- Whether reading rows of a relation could run somebody else's code (a view; an untrusted type), or would not show them all. No row where there is no such relation.
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
