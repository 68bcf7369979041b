-- An index that is not live is being dropped; one that is not ready takes no writes yet.
SELECT
    i.indrelid AS relation,
    c.relname AS name,
    pg_get_indexdef(i.indexrelid) AS definition,
    i.indisvalid AND i.indisready AND i.indislive AS valid,
    con.conname AS constraint,
    obj_description(i.indexrelid, 'pg_class') AS comment
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_constraint AS con
    ON con.conindid = i.indexrelid
    AND con.conrelid = i.indrelid
    AND con.contype IN ('p', 'u', 'x')
WHERE i.indrelid = ANY (CAST(:relations AS oid[]))
ORDER BY i.indrelid, c.relname;
