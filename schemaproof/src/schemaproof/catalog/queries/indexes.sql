-- An index that is not live is being dropped, and one that is not ready is not updated by writes
-- yet. Only expressions of an index have a statistics target (manual, ALTER INDEX).
SELECT
    i.indexrelid AS oid,
    i.indrelid AS relation,
    c.relname AS name,
    pg_get_indexdef(i.indexrelid) AS definition,
    i.indisvalid AND i.indisready AND i.indislive AS valid,
    con.conname AS constraint,
    inh.inhparent::regclass::text AS parent,
    i.indisclustered AS clustered,
    ts.spcname AS tablespace,
    CASE
        WHEN i.indexprs IS NOT NULL THEN (
            SELECT string_agg(a.attnum || ': ' || a.attstattarget, ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = i.indexrelid AND a.attnum > 0 AND a.attstattarget >= 0
        )
    END AS statistics,
    comment.description AS comment
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_constraint AS con
    ON con.conindid = i.indexrelid
    AND con.conrelid = i.indrelid
    AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_inherits AS inh ON inh.inhrelid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_description AS comment
    ON comment.classoid = 'pg_catalog.pg_class'::regclass
    AND comment.objoid = i.indexrelid
    AND comment.objsubid = 0
WHERE i.indrelid = ANY (CAST(:relations AS oid[]));
