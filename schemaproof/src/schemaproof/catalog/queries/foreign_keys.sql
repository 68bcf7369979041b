-- The foreign keys of the project's tables, with the columns of both sides in the same order, and
-- the operators that compare them. The operators are those of the types, and not those that the
-- search_path finds. Keys with columns of untrusted types are not compared (untrusted_types.sql).
SELECT
    n.nspname AS schema,
    c.relname AS relation,
    con.conname AS name,
    rn.nspname AS referenced_schema,
    r.relname AS referenced,
    (
        SELECT array_agg(a.attname::text ORDER BY k.place)
        FROM unnest(con.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = k.number
    ) AS columns,
    (
        SELECT array_agg(a.attname::text ORDER BY k.place)
        FROM unnest(con.confkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.confrelid AND a.attnum = k.number
    ) AS referenced_columns,
    (
        SELECT array_agg(format('OPERATOR(%I.%s)', operator_schema.nspname, o.oprname) ORDER BY k.place)
        FROM unnest(con.conpfeqop) WITH ORDINALITY AS k (operator, place)
        JOIN pg_catalog.pg_operator AS o ON o.oid = k.operator
        JOIN pg_catalog.pg_namespace AS operator_schema ON operator_schema.oid = o.oprnamespace
    ) AS operators,
    con.confmatchtype = 'f' AS match_full,
    coalesce(CAST(to_jsonb(con) ->> 'conperiod' AS boolean), false) AS period,
    NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE ((a.attrelid = con.conrelid AND a.attnum = ANY (con.conkey))
            OR (a.attrelid = con.confrelid AND a.attnum = ANY (con.confkey)))
            AND a.atttypid = ANY (CAST(:untrusted_types AS oid[]))
    ) AS comparable,
    has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(r.oid, 'SELECT')
        AND has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(rn.oid, 'USAGE')
        AND NOT row_security_active(c.oid) AND NOT row_security_active(r.oid) AS readable
FROM pg_catalog.pg_constraint AS con
JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS r ON r.oid = con.confrelid
JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
WHERE con.contype = 'f'
    AND con.conparentid = 0
    AND n.nspname = ANY (CAST(:schemas AS text[]))
ORDER BY n.nspname, c.relname, con.conname;
