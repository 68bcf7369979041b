-- The tables whose columns have other numbers than after the last step. The recorded JSON contains
-- the numbers by schema, table and column, for the tables that changed in that step. Children take
-- their order from their parents, and a partition may have its own order. An older ledger does not
-- have this column.
WITH recorded AS (
    SELECT DISTINCT ON (one.schema, one.name) one.schema, one.name, one.numbers
    FROM @{ledger} AS step
    CROSS JOIN LATERAL (
        SELECT tables.key AS schema, numbers.key AS name, numbers.value AS numbers
        FROM jsonb_each(NULLIF(to_jsonb(step) -> 'column_numbers', 'null')) AS tables
        CROSS JOIN LATERAL jsonb_each(tables.value) AS numbers
    ) AS one
    ORDER BY one.schema, one.name, step.id DESC
),

live AS (
    SELECT r.schema, r.name, r.numbers AS recorded, jsonb_object_agg(a.attname, a.attnum) AS live,
        array_agg(a.attname::text) FILTER (WHERE a.attgenerated <> '') AS generated
    FROM recorded AS r
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = r.schema
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = r.name
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid)
    GROUP BY r.schema, r.name, r.numbers
)

SELECT live.schema, live.name, live.recorded, live.live, coalesce(live.generated, '{}') AS generated
FROM live
WHERE live.recorded <> live.live
ORDER BY live.schema, live.name;
