-- The partitions that contain rows themselves, the topmost table of each, and the condition that
-- PostgreSQL requires of its rows. The condition is not evaluated if the key is an expression or has
-- an untrusted type (untrusted_types.sql), because that could run code of other roles.
SELECT
    n.nspname AS schema,
    c.relname AS relation,
    rn.nspname AS whole_schema,
    r.relname AS whole,
    pg_get_partition_constraintdef(c.oid) AS required,
    NOT EXISTS (
        SELECT FROM pg_partition_ancestors(c.oid) AS above
        JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = above.relid
        LEFT JOIN pg_catalog.pg_attribute AS a
            ON a.attrelid = p.partrelid AND a.attnum = ANY (CAST(p.partattrs AS int2[]))
        LEFT JOIN pg_catalog.pg_opclass AS o ON o.oid = ANY (CAST(p.partclass AS oid[]))
        WHERE p.partexprs IS NOT NULL
            OR a.atttypid = ANY (CAST(:untrusted_types AS oid[]))
            OR o.opcnamespace <> CAST('pg_catalog' AS regnamespace)
    ) AS trusted,
    has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')
        AND NOT row_security_active(c.oid) AS readable
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS r ON r.oid = pg_partition_root(c.oid)
JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
WHERE c.relispartition
    AND c.relkind = 'r'
    AND rn.nspname = ANY (CAST(:schemas AS text[]))
ORDER BY n.nspname, c.relname;
