-- Objects that belong to an extension are left out (pg_depend.deptype 'e').
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    CASE c.relkind
        WHEN 'r' THEN 'table'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'f' THEN 'foreign table'
    END AS kind,
    CASE
        WHEN c.relkind IN ('v', 'm') THEN rtrim(pg_get_viewdef(c.oid), ';')
        WHEN c.relkind = 'f' THEN (
            SELECT 'SERVER ' || quote_ident(s.srvname) || coalesce(' OPTIONS (' || (
                SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ')
                FROM pg_options_to_table(f.ftoptions)
            ) || ')', '')
            FROM pg_catalog.pg_foreign_table AS f
            JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
            WHERE f.ftrelid = c.oid
        )
        ELSE ''
    END AS definition,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
    CASE
        WHEN c.relispartition THEN (
            SELECT i.inhparent::regclass || ' ' || pg_get_expr(c.relpartbound, c.oid)
                || CASE WHEN i.inhdetachpending THEN ' (detach pending)' ELSE '' END
            FROM pg_catalog.pg_inherits AS i
            WHERE i.inhrelid = c.oid
        )
    END AS partition_of,
    CASE
        WHEN NOT c.relispartition THEN (
            SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits AS i
            WHERE i.inhrelid = c.oid
        )
    END AS inherits,
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
    CASE WHEN am.amname <> 'heap' THEN am.amname END AS access_method,
    ts.spcname AS tablespace,
    (
        SELECT string_agg(option, ', ' ORDER BY option COLLATE "C")
        FROM (
            SELECT unnest(c.reloptions) AS option
            UNION ALL
            SELECT 'toast.' || unnest(toast.reloptions)
            FROM pg_catalog.pg_class AS toast
            WHERE toast.oid = c.reltoastrelid
        ) AS options
    ) AS options,
    CASE
        WHEN c.relrowsecurity AND c.relforcerowsecurity THEN 'enabled and forced'
        WHEN c.relrowsecurity THEN 'enabled'
        WHEN c.relforcerowsecurity THEN 'forced, but not enabled'
    END AS row_security,
    CASE c.relreplident
        WHEN 'n' THEN 'nothing'
        WHEN 'f' THEN 'full'
        WHEN 'i' THEN (
            SELECT 'index ' || quote_ident(ic.relname)
            FROM pg_catalog.pg_index AS i
            JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
            WHERE i.indrelid = c.oid AND i.indisreplident
        )
    END AS replica_identity,
    c.relispopulated AS populated,
    (
        SELECT comment.description
        FROM pg_catalog.pg_description AS comment
        WHERE comment.classoid = 'pg_catalog.pg_class'::regclass
            AND comment.objoid = c.oid
            AND comment.objsubid = 0
    ) AS comment
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid = c.reltablespace
WHERE c.relnamespace = ANY (CAST(:schema_oids AS oid[]))
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass
            AND d.objid = c.oid
            AND d.deptype = 'e'
    );
