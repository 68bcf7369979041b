-- If the operating system or ICU sorts differently than when an index was built, the index is out of
-- order. Then rows are not found and duplicates are accepted (manual, 24.2.2 Collation Versions).
-- The database's own collation has the oid 100. A partitioned index has no rows to rebuild.
SELECT
    'database-collation-version' AS code,
    'database' AS path,
    d.datcollversion AS recorded,
    pg_database_collation_actual_version(d.oid) AS actual,
    format('ALTER DATABASE %I REFRESH COLLATION VERSION', d.datname) AS refresh,
    coalesce(s.indexes, '{}') AS indexes
FROM pg_catalog.pg_database AS d
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT format('%I.%I', n.nspname, ic.relname)) AS indexes
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid AND ic.relkind = 'i'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = ic.relnamespace AND n.nspname <> 'pg_catalog'
    WHERE 100 = ANY (i.indcollation)
) AS s ON true
WHERE d.datname = current_database()
    AND d.datcollversion IS NOT NULL
    AND d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid)
UNION ALL
SELECT
    'collation-version',
    format('%I.%I', n.nspname, c.collname),
    c.collversion,
    pg_collation_actual_version(c.oid),
    format('ALTER COLLATION %I.%I REFRESH VERSION', n.nspname, c.collname),
    coalesce(s.indexes, '{}')
FROM pg_catalog.pg_collation AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT format('%I.%I', sn.nspname, ic.relname)) AS indexes
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid AND ic.relkind = 'i'
    JOIN pg_catalog.pg_namespace AS sn ON sn.oid = ic.relnamespace AND sn.nspname <> 'pg_catalog'
    WHERE c.oid = ANY (i.indcollation)
) AS s ON true
WHERE c.collversion IS NOT NULL
    AND c.collversion IS DISTINCT FROM pg_collation_actual_version(c.oid)
    AND (
        n.nspname = ANY (CAST(:schemas AS text[]))
        OR EXISTS (
            SELECT FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_class AS t ON t.oid = a.attrelid
            JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
            WHERE a.attcollation = c.oid AND tn.nspname = ANY (CAST(:schemas AS text[]))
        )
    )
ORDER BY 1, 2;
