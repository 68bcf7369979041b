-- The columns of the key by whose ranges a backfill goes through a table, in their order. The key is
-- the primary key, or the unique index with the fewest columns that are all NOT NULL. Its order has
-- to be that of a plain ORDER BY, with the default operators and collations, ascending.
--
-- Functions are qualified, and operators have exactly the types of the built-in ones, because the
-- search_path is that of the revision, in which the table is found.
WITH RECURSIVE wanted (oid) AS (
    SELECT CAST(pg_catalog.to_regclass(CAST(:table AS text)) AS oid)
),

parts (oid) AS (
    SELECT wanted.oid FROM wanted
    UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN parts ON i.inhparent = parts.oid
),

columns AS (
    SELECT
        i.indexrelid,
        i.indisprimary,
        i.indnkeyatts,
        key.number,
        a.attname,
        a.atttypid,
        a.atttypmod,
        compared.greater,
        compared.up_to,
        c.opcdefault
            AND i.indoption[key.number - 1] = CAST(0 AS int2)
            AND i.indcollation[key.number - 1] = a.attcollation
            AND a.attnotnull
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_constraint AS co
                WHERE co.conrelid = a.attrelid
                    AND co.contype = CAST('n' AS "char")
                    AND co.conkey[1] = a.attnum
                    AND NOT co.convalidated
            ) AS is_usable
    FROM pg_catalog.pg_index AS i
    JOIN wanted ON i.indrelid = wanted.oid
    JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_am AS am ON am.oid = x.relam AND am.amname = CAST('btree' AS name)
    CROSS JOIN LATERAL pg_catalog.generate_series(1, CAST(i.indnkeyatts AS int4)) AS key (number)
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = i.indrelid AND a.attnum = i.indkey[key.number - 1]
    JOIN pg_catalog.pg_opclass AS c ON c.oid = i.indclass[key.number - 1]
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.max(shown.operator) FILTER (WHERE m.amopstrategy = CAST(5 AS int2)) AS greater,
            pg_catalog.max(shown.operator) FILTER (WHERE m.amopstrategy = CAST(2 AS int2)) AS up_to
        FROM pg_catalog.pg_amop AS m
        JOIN pg_catalog.pg_operator AS o ON o.oid = m.amopopr
        JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
        CROSS JOIN LATERAL pg_catalog.concat(
            'OPERATOR(', pg_catalog.quote_ident(n.nspname), '.', o.oprname, ')'
        ) AS shown (operator)
        WHERE m.amopfamily = c.opcfamily
            AND m.amoplefttype = c.opcintype
            AND m.amoprighttype = c.opcintype
    ) AS compared
    WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
),

chosen AS (
    SELECT columns.indexrelid
    FROM columns
    GROUP BY columns.indexrelid, columns.indisprimary, columns.indnkeyatts
    HAVING pg_catalog.bool_and(columns.is_usable)
    ORDER BY columns.indisprimary DESC, columns.indnkeyatts, columns.indexrelid
    LIMIT 1
)

SELECT
    pg_catalog.concat(
        pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(t.relname)
    ) AS table_name,
    pg_catalog.quote_ident(columns.attname) AS name,
    pg_catalog.format_type(columns.atttypid, columns.atttypmod) AS type,
    type.typcategory = CAST('D' AS "char") AS is_date,
    columns.greater,
    columns.up_to,
    (
        SELECT pg_catalog.sum(greatest(p.reltuples, CAST(0 AS real)))
        FROM pg_catalog.pg_class AS p
        JOIN parts ON parts.oid = p.oid
        WHERE p.relkind = CAST('r' AS "char")
    ) AS row_estimate
FROM wanted
JOIN pg_catalog.pg_class AS t ON t.oid = wanted.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN chosen ON true
LEFT JOIN columns ON columns.indexrelid = chosen.indexrelid
LEFT JOIN pg_catalog.pg_type AS type ON type.oid = columns.atttypid
WHERE t.relkind IN (CAST('r' AS "char"), CAST('p' AS "char"))
ORDER BY columns.number
