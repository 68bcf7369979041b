-- The partitions of tables, and the time at which they were read.
SELECT
    parent.schema,
    parent.name,
    c.oid IS NOT NULL AS is_there,
    coalesce(pg_get_partkeydef(c.oid), '') AS partition_key,
    pn.nspname AS partition_schema,
    partition.relname AS partition,
    pg_get_expr(partition.relpartbound, partition.oid) AS bounds,
    coalesce(i.inhdetachpending, false) AS detach_pending,
    now() AS now
FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS parent (schema, name)
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = parent.schema
LEFT JOIN pg_catalog.pg_class AS c
    ON c.relnamespace = n.oid AND c.relname = parent.name AND c.relkind = 'p'
LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhparent = c.oid
LEFT JOIN pg_catalog.pg_class AS partition ON partition.oid = i.inhrelid
LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = partition.relnamespace
ORDER BY 1, 2, 5, 6;
