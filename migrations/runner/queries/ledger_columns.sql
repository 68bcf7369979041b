SELECT
    c.relkind::text AS kind,
    a.attname AS name,
    format_type(a.atttypid, a.atttypmod) AS type,
    NOT a.attnotnull OR a.atthasdef OR a.attidentity <> '' AS may_be_left_out
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = to_regclass('public.monps_migration_ledger');
