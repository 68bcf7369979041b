-- The columns of a table in their order, and whether it is attached to another.
SELECT
    c.relispartition AS is_attached,
    a.attname AS column,
    format_type(a.atttypid, NULL) AS type
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
WHERE n.nspname = :schema
    AND c.relname = :name
    AND c.relkind = 'r'
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND a.attgenerated = ''
ORDER BY a.attnum;
