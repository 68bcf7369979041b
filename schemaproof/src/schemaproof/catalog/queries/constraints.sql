-- NOT NULL constraints (contype 'n', PostgreSQL 18) are compared as the nullability of their column,
-- and constraint triggers (contype 't') as triggers. Internal triggers enforce foreign keys and
-- deferrable unique constraints, also on the referenced table, and ALTER TABLE ... DISABLE TRIGGER
-- ALL disables them.
SELECT
    con.oid,
    con.conrelid AS relation,
    con.conname AS name,
    CASE con.contype
        WHEN 'p' THEN 'primary-key'
        WHEN 'u' THEN 'unique'
        WHEN 'f' THEN 'foreign-key'
        WHEN 'c' THEN 'check'
        WHEN 'x' THEN 'exclusion'
    END AS kind,
    regexp_replace(pg_get_constraintdef(con.oid), ' NOT VALID$', '') AS definition,
    con.convalidated OR pg_get_constraintdef(con.oid) !~ ' NOT VALID$' AS validated,
    off.tables AS disabled_on,
    NOT con.conislocal AS inherited,
    comment.description AS comment
FROM pg_catalog.pg_constraint AS con
LEFT JOIN (
    SELECT
        t.tgconstraint,
        string_agg(
            DISTINCT CAST(t.tgrelid::regclass AS text), ', ' ORDER BY CAST(t.tgrelid::regclass AS text)
        ) AS tables
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgisinternal AND t.tgenabled <> 'O'
    GROUP BY t.tgconstraint
) AS off ON off.tgconstraint = con.oid
LEFT JOIN pg_catalog.pg_description AS comment
    ON comment.classoid = 'pg_catalog.pg_constraint'::regclass
    AND comment.objoid = con.oid
    AND comment.objsubid = 0
WHERE con.conrelid = ANY (CAST(:relations AS oid[]))
    AND con.contype IN ('p', 'u', 'f', 'c', 'x');
