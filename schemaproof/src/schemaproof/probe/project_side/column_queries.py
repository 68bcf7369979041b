"""Catalog queries about columns and the objects that depend on them.

Each has the parameter ``:table``, a table as SQL writes it.
"""

COLUMNS = """
SELECT a.attname AS name, a.attnotnull AS required,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attcollation <> t.typcollation
        THEN ' COLLATE ' || CAST(CAST(a.attcollation AS regcollation) AS text) ELSE '' END AS type,
    (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
     WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) AS default,
    col_description(a.attrelid, a.attnum) AS comment,
    (SELECT CAST(CAST(d.objid AS regclass) AS text) FROM pg_depend d
     WHERE d.classid = CAST('pg_class' AS regclass) AND d.refclassid = d.classid
         AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'a'
         AND EXISTS (SELECT FROM pg_sequence s WHERE s.seqrelid = d.objid)) AS sequence,
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
    (SELECT CAST(json_build_object('on', CAST(CAST(s.seqrelid AS regclass) AS text),
        'name', q.relname, 'options', format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s'
            ' CACHE %s %s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
            CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)) AS text)
     FROM pg_depend d
     JOIN pg_sequence s ON s.seqrelid = d.objid
     JOIN pg_class q ON q.oid = s.seqrelid
     WHERE d.classid = CAST('pg_class' AS regclass) AND d.refclassid = d.classid
         AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'i') AS numbers,
    a.attgenerated <> '' AS generated,
    -- Debian's PostgreSQL 15.20 keeps a note of its own, pg_attver, among the options.
    a.attcompression <> ''
        OR EXISTS (SELECT FROM unnest(a.attoptions) AS o (option) WHERE option !~ '^pg_attver=')
        OR coalesce(a.attstattarget, -1) >= 0 OR a.attstorage <> t.typstorage AS special
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = CAST(CAST(:table AS text) AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
"""
FILE = """
SELECT pg_relation_filenode(CAST(CAST(:table AS text) AS regclass)) AS file
"""
INDEXES = """
SELECT i.relname AS name, x.indisunique AS unique,
    CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'INDEX' END AS kind,
    CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END
        || CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END AS suffix,
    substr(pg_get_indexdef(i.oid), 1 + length(format('CREATE %sINDEX %I ON %s%I.%I',
        CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END, i.relname,
        CASE c.relkind WHEN 'p' THEN 'ONLY ' ELSE '' END,
        CASE c.relpersistence WHEN 't' THEN 'pg_temp' ELSE n.nspname END, c.relname))) AS text,
    x.indisclustered OR x.indisreplident OR NOT x.indisvalid OR k.contype IS NOT DISTINCT FROM 'x'
        AS special,
    true AS valid, k.contype IS NOT DISTINCT FROM 'x' AS exclusion,
    pg_relation_filenode(i.oid) AS file
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid AND k.contype <> 'f'
WHERE c.oid = CAST(CAST(:table AS text) AS regclass)
ORDER BY i.oid
"""
CHECKS = """
SELECT conname AS name, 'CHECK' AS kind, false AS unique, convalidated AS valid,
    replace(pg_get_constraintdef(oid), ' NOT VALID', '') AS text, '' AS suffix, false AS special
FROM pg_constraint
WHERE conrelid = CAST(CAST(:table AS text) AS regclass) AND contype = 'c'
ORDER BY conname
"""
FOREIGN_KEYS = """
SELECT k.conname AS name, n.nspname AS schema, c.relname AS table, k.convalidated AS valid,
    k.conrelid = t.oid AS own, k.confrelid = t.oid AS inbound,
    CAST(array_to_json(l.names) AS text) AS columns, CAST(array_to_json(r.names) AS text) AS others,
    CAST(CAST(k.confrelid AS regclass) AS text) AS of,
    g.nspname AS of_schema, f.relname AS of_table,
    pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k
JOIN pg_class t ON t.oid = CAST(CAST(:table AS text) AS regclass)
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class f ON f.oid = k.confrelid
JOIN pg_namespace g ON g.oid = f.relnamespace
CROSS JOIN LATERAL (SELECT array_agg(quote_ident(a.attname) ORDER BY u.place) AS names
    FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) l
CROSS JOIN LATERAL (SELECT array_agg(quote_ident(a.attname) ORDER BY u.place) AS names
    FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) r
WHERE k.contype = 'f' AND t.oid IN (k.conrelid, k.confrelid) AND k.conparentid = 0
ORDER BY k.conname, k.oid
"""
OTHERS = """
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS what, a.attname AS name
FROM pg_depend d
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.refclassid = CAST('pg_class' AS regclass)
    AND d.refobjid = CAST(CAST(:table AS text) AS regclass)
    AND d.classid NOT IN (CAST('pg_constraint' AS regclass), CAST('pg_class' AS regclass))
    AND NOT EXISTS (SELECT FROM pg_attrdef f
        WHERE f.oid = d.objid AND f.adrelid = d.refobjid AND f.adnum = d.refobjsubid)
    AND NOT EXISTS (SELECT FROM pg_policy p
        WHERE d.classid = CAST('pg_policy' AS regclass) AND p.oid = d.objid
            AND p.polrelid = d.refobjid)
ORDER BY 1
"""
POLICIES = """
SELECT p.polname AS name, CAST(array_to_json(array_agg(a.attname)) AS text) AS columns,
    pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check
FROM pg_policy p
JOIN pg_depend d ON d.classid = CAST('pg_policy' AS regclass) AND d.objid = p.oid
    AND d.refclassid = CAST('pg_class' AS regclass) AND d.refobjid = p.polrelid
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE p.polrelid = CAST(CAST(:table AS text) AS regclass)
GROUP BY p.oid ORDER BY p.polname
"""
FAMILY = """
SELECT c.relkind = 'p' OR f.has_others AS special,
    c.relispartition OR c.relkind <> 'p' AND f.has_others AS inherits
FROM pg_class c CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent)) AS has_others
) f WHERE c.oid = CAST(CAST(:table AS text) AS regclass)
"""
PARTITION_KEYS = """
SELECT a.attname AS name
FROM pg_partition_tree(CAST(CAST(:table AS text) AS regclass)) t
JOIN pg_depend d ON d.objid = t.relid AND d.objsubid > 0 AND d.refobjid = t.relid
    AND d.refobjsubid = 0 AND d.classid = CAST('pg_class' AS regclass) AND d.refclassid = d.classid
JOIN pg_attribute a ON a.attrelid = t.relid AND a.attnum = d.objsubid
"""
TRIGGERS = """
SELECT pg_describe_object(d.classid, d.objid, 0) AS what, a.attname AS name
FROM pg_depend d
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = CAST('pg_trigger' AS regclass) AND d.refclassid = CAST('pg_class' AS regclass)
    AND d.refobjid = CAST(CAST(:table AS text) AS regclass)
ORDER BY 1
"""
KEYS = """
SELECT FROM pg_index x
WHERE x.indrelid = CAST(CAST(:table AS text) AS regclass) AND x.indisunique AND x.indisvalid
    AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL
    AND NOT EXISTS (
        SELECT FROM unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS u(number, place)
        JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.number
        WHERE u.place <= x.indnkeyatts AND NOT a.attnotnull
    )
"""
DEPENDENTS = """
SELECT pg_describe_object(d.classid, d.objid, 0) AS what
FROM pg_class c
JOIN pg_depend d ON (d.refclassid = CAST('pg_class' AS regclass) AND d.refobjid = c.oid)
    OR (d.refclassid = CAST('pg_type' AS regclass) AND d.refobjid = c.reltype)
WHERE c.oid = CAST(CAST(:table AS text) AS regclass) AND d.classid NOT IN (
    CAST('pg_constraint' AS regclass), CAST('pg_class' AS regclass), CAST('pg_type' AS regclass),
    CAST('pg_attrdef' AS regclass), CAST('pg_trigger' AS regclass))
ORDER BY 1
"""
INDEX_COLUMNS = """
SELECT attname AS name FROM pg_attribute
WHERE attrelid = CAST(CAST(:table AS text) AS regclass) AND attnum > 0
ORDER BY attnum
"""
