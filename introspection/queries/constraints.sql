-- NOT NULL (contype 'n', PostgreSQL 18) is compared as the nullability of its column, and constraint
-- triggers (contype 't') are triggers.
SELECT
    con.conrelid AS relation,
    con.conname AS name,
    CASE con.contype
        WHEN 'p' THEN 'primary-key'
        WHEN 'u' THEN 'unique'
        WHEN 'f' THEN 'foreign-key'
        WHEN 'c' THEN 'check'
        WHEN 'x' THEN 'exclusion'
    END AS kind,
    pg_get_constraintdef(con.oid) AS definition,
    obj_description(con.oid, 'pg_constraint') AS comment
FROM pg_catalog.pg_constraint AS con
WHERE con.conrelid = ANY (CAST(:relations AS oid[]))
    AND con.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY con.conrelid, con.conname;
