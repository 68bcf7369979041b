-- attgenerated and attidentity are '' if the column has none (manual, pg_attribute). A column whose
-- NOT NULL is NOT VALID (PostgreSQL 18) may contain nulls. Since PostgreSQL 17 a partition inherits
-- the identity of its parent, which is left out. attstattarget is null since 17, where it was -1
-- before. pg_get_expr is called without the table, because a default refers to no column (manual,
-- 9.27), and the function would open the table.
SELECT
    a.attrelid AS relation,
    a.attname AS name,
    a.attnum AS number,
    format_type(a.atttypid, NULL) AS type,
    CASE WHEN a.atttypmod <> -1 THEN format_type(a.atttypid, a.atttypmod) END AS full_type,
    NOT a.attnotnull OR NOT coalesce(nn.convalidated, true) AS nullable,
    coalesce(nn.connoinherit, false) AS no_inherit,
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0) END AS default,
    CASE
        WHEN c.oid IS NOT NULL THEN (
            SELECT CASE WHEN parent.attidentity <> a.attidentity THEN 'none, unlike its parent' END
            FROM pg_catalog.pg_inherits AS inh
            JOIN pg_catalog.pg_attribute AS parent
                ON parent.attrelid = inh.inhparent
                AND parent.attname = a.attname
            WHERE inh.inhrelid = c.oid
        )
        WHEN a.attidentity = 'a' THEN 'ALWAYS'
        WHEN a.attidentity = 'd' THEN 'BY DEFAULT'
    END AS identity,
    CASE a.attgenerated
        WHEN 's' THEN '(' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
        WHEN 'v' THEN '(' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
    END AS generated,
    CASE
        WHEN a.attcollation <> t.typcollation
            THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
    END AS collation,
    CASE
        WHEN a.attstorage <> t.typstorage
            THEN CASE a.attstorage
                WHEN 'p' THEN 'plain'
                WHEN 'e' THEN 'external'
                WHEN 'm' THEN 'main'
                WHEN 'x' THEN 'extended'
            END
    END AS storage,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
    NULLIF(a.attstattarget, -1) AS statistics,
    CASE
        WHEN a.attoptions IS NOT NULL OR a.attfdwoptions IS NOT NULL THEN (
            SELECT string_agg(made.option, ', ' ORDER BY made.place)
            FROM unnest(a.attoptions || a.attfdwoptions) WITH ORDINALITY AS made (option, place)
            -- Some releases (15.20) note a version of their own there, for each column.
            WHERE made.option !~ '^pg_attver='
        )
    END AS options,
    comment.description AS comment
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_constraint AS nn
    ON nn.conrelid = a.attrelid
    AND nn.contype = 'n'
    AND nn.conkey = ARRAY[a.attnum]
LEFT JOIN pg_catalog.pg_class AS c
    ON c.oid = a.attrelid
    AND c.relispartition
    AND current_setting('server_version_num')::integer >= 170000
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
LEFT JOIN pg_catalog.pg_description AS comment
    ON comment.classoid = 'pg_catalog.pg_class'::regclass
    AND comment.objoid = a.attrelid
    AND comment.objsubid = a.attnum
WHERE a.attrelid = ANY (CAST(:relations AS oid[]))
    AND a.attnum > 0
    AND NOT a.attisdropped;
