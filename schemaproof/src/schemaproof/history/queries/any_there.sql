-- Whether one of these relations exists. Only catalogs are read, because to_regclass() fails for a
-- schema without USAGE.
SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND (n.nspname, c.relname) IN (
            SELECT wanted.schema, wanted.name
            FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS wanted (schema, name)
        )
) AS any_there;
