-- Tables by the names that statements use, with their partitions and children. For an index, this is
-- its table. The number of rows is the planner's estimate, or the counter of the statistics if there
-- is no estimate. A partitioned table has no rows of its own. A name without a schema is looked up
-- in public, as in a revision. Rows are not read if that could run code of another role (a view, or
-- an untrusted type), or if row security hides some.
WITH RECURSIVE family (name, oid) AS (
    SELECT wanted.name, coalesce(i.indrelid, c.oid)
    FROM unnest(CAST(:names AS text[])) AS wanted (name)
    JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass(
        CASE WHEN cardinality(parse_ident(wanted.name)) = 1 THEN 'public.' ELSE '' END || wanted.name
    )
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
    UNION
    SELECT family.name, child.inhrelid
    FROM family
    JOIN pg_catalog.pg_inherits AS child ON child.inhparent = family.oid
)
SELECT
    family.name,
    sum(
        CASE
            WHEN t.relkind = 'p' THEN 0
            WHEN t.reltuples >= 0 THEN t.reltuples
            ELSE coalesce(s.n_live_tup, 0)
        END
    )::bigint AS rows,
    sum(pg_table_size(t.oid))::bigint AS table_bytes,
    sum(pg_indexes_size(t.oid))::bigint AS index_bytes,
    bool_or(
        t.relkind NOT IN ('r', 'p')
        OR row_security_active(t.oid)
        OR EXISTS (
            SELECT FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = t.oid
                AND a.attnum > 0
                AND a.atttypid = ANY (CAST(:untrusted_types AS oid[]))
        )
    ) AS unread
FROM family
JOIN pg_catalog.pg_class AS t ON t.oid = family.oid
LEFT JOIN pg_catalog.pg_stat_all_tables AS s ON s.relid = t.oid
GROUP BY family.name
