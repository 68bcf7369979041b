-- Tables with rows of their own, each with its columns and what writes a row of them as literals.
SELECT
    format('%I.%I', n.nspname, c.relname) AS name,
    string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
    concat(
        'concat_ws('', '', ',
        string_agg(format('quote_nullable(CAST(%I AS text))', a.attname), ', ' ORDER BY a.attnum),
        ')'
    ) AS values
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r'
    AND n.nspname = ANY(CAST(:schemas AS text[]))
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e'
    )
GROUP BY n.nspname, c.relname
ORDER BY n.nspname, c.relname
