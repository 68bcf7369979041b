-- Every sequence that gives values to a column of the project, because the column owns it or its
-- default uses it. The largest key is read from an index, so that no table is read. If row security
-- hides rows, or a privilege is missing, the result is unknown. A sequence that no column uses can
-- still be exhausted. The two texts are queries for later steps. One reads the largest key (the
-- smallest, if the sequence counts down), and the other the next value, if the sequence was not used
-- yet.
WITH uses AS (
    SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number
    FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.deptype IN ('a', 'i')
        AND d.refobjsubid > 0
    UNION
    SELECT d.refobjid, ad.adrelid, ad.adnum
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_attrdef AS ad ON ad.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.deptype = 'n'
)

SELECT
    sn.nspname AS sequence_schema,
    sc.relname AS sequence,
    tn.nspname AS schema,
    tc.relname AS relation,
    a.attname AS column,
    s.seqstart AS start,
    s.seqincrement AS increment,
    s.seqmin AS minimum,
    s.seqmax AS maximum,
    s.seqcycle AS cycle,
    format(
        'SELECT %s(%I)::bigint FROM %I.%I',
        CASE WHEN s.seqincrement > 0 THEN 'max' ELSE 'min' END, a.attname, tn.nspname, tc.relname
    ) AS furthest_key,
    format('SELECT last_value FROM %I.%I', sn.nspname, sc.relname) AS next_value,
    rights.readable,
    row_security_active(tc.oid) AS hidden,
    sc.oid AS sequence_oid,
    CASE WHEN tc.relkind = 'r' THEN tc.oid END AS table_oid,
    EXISTS (
        SELECT FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_am AS am ON am.oid = ic.relam
        WHERE i.indrelid = tc.oid
            AND i.indkey[0] = a.attnum
            AND i.indpred IS NULL
            AND i.indisvalid
            AND am.amname = 'btree'
    ) AS indexed
FROM uses AS u
JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = u.sequence
JOIN pg_catalog.pg_class AS sc ON sc.oid = u.sequence
JOIN pg_catalog.pg_namespace AS sn ON sn.oid = sc.relnamespace
JOIN pg_catalog.pg_class AS tc ON tc.oid = u.relation
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = tc.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = u.relation AND a.attnum = u.number
CROSS JOIN LATERAL (
    SELECT has_sequence_privilege(sc.oid, 'SELECT')
        AND has_schema_privilege(sn.oid, 'USAGE')
        AND has_schema_privilege(tn.oid, 'USAGE')
        AND has_column_privilege(tc.oid, a.attnum, 'SELECT') AS readable
) AS rights
WHERE a.atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
    AND tn.nspname = ANY (CAST(:schemas AS text[]))
UNION ALL
SELECT
    n.nspname, c.relname, n.nspname, c.relname, NULL,
    s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, NULL, NULL,
    rights.readable, false, c.oid, NULL, true
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT has_sequence_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable
) AS rights
WHERE n.nspname = ANY (CAST(:schemas AS text[]))
    AND s.seqrelid NOT IN (SELECT u.sequence FROM uses AS u)
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY 1, 2, 3, 4, 5;
