-- Where the operating system or ICU sorts otherwise than when the indexes were built, they are out of
-- order: rows are not found and duplicates get in (manual, 24.2.2 Collation Versions).
SELECT
    'database-collation-version' AS code,
    'database' AS path,
    d.datcollversion AS recorded,
    pg_database_collation_actual_version(d.oid) AS actual,
    format('ALTER DATABASE %I REFRESH COLLATION VERSION', d.datname) AS refresh
FROM pg_catalog.pg_database AS d
WHERE d.datname = current_database()
    AND d.datcollversion <> pg_database_collation_actual_version(d.oid)
UNION ALL
SELECT
    'collation-version',
    format('%I.%I', n.nspname, c.collname),
    c.collversion,
    pg_collation_actual_version(c.oid),
    format('ALTER COLLATION %I.%I REFRESH VERSION', n.nspname, c.collname)
FROM pg_catalog.pg_collation AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
WHERE c.collversion <> pg_collation_actual_version(c.oid)
    AND EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_class AS t ON t.oid = a.attrelid
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
        WHERE a.attcollation = c.oid AND tn.nspname = ANY (CAST(:schemas AS text[]))
    )
ORDER BY 1, 2;
