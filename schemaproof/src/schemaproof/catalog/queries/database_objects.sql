-- Objects that belong to no schema, if they concern the schemas in scope, which are extensions,
-- casts of their types, publications of their tables, event triggers, languages with their
-- functions, the servers of their foreign tables, and default privileges. Columns that only some
-- major versions have are read with to_jsonb().
WITH made AS (
    SELECT 'pg_extension'::regclass AS class, e.oid, 'extension' AS kind, quote_ident(e.extname) AS name,
        -- The version of an extension depends on the packages of the server.
        format(
            'CREATE EXTENSION %I%s', e.extname,
            CASE
                WHEN e.extnamespace <> 'pg_catalog'::regnamespace
                    THEN ' WITH SCHEMA ' || e.extnamespace::regnamespace
            END
        ) AS definition,
        CAST(NULL AS text) AS enabled,
        e.extnamespace = ANY (CAST(:managed_oids AS oid[])) AS ours
    FROM pg_catalog.pg_extension AS e
    UNION ALL
    SELECT 'pg_cast'::regclass, c.oid, 'cast',
        format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
        format(
            'CREATE CAST (%s AS %s) %s%s',
            format_type(c.castsource, NULL), format_type(c.casttarget, NULL),
            CASE c.castmethod
                WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure
                WHEN 'i' THEN 'WITH INOUT'
                ELSE 'WITHOUT FUNCTION'
            END,
            CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END
        ),
        NULL,
        EXISTS (
            SELECT FROM pg_catalog.pg_type AS t
            WHERE t.oid IN (c.castsource, c.casttarget)
                AND (
                    t.typnamespace = ANY (CAST(:managed_oids AS oid[]))
                    OR t.typrelid = ANY (CAST(:relations AS oid[]))
                )
        ) OR EXISTS (
            SELECT FROM pg_catalog.pg_proc AS p
            WHERE p.oid = c.castfunc AND p.pronamespace = ANY (CAST(:managed_oids AS oid[]))
        )
    FROM pg_catalog.pg_cast AS c
    WHERE c.oid >= 16384
        -- PostgreSQL creates the cast from a range type to its multirange type itself.
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i'
        )
    UNION ALL
    SELECT 'pg_transform'::regclass, t.oid, 'transform',
        format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname),
        format(
            'CREATE TRANSFORM FOR %s LANGUAGE %I (%s)', format_type(t.trftype, NULL), l.lanname,
            concat_ws(
                ', ', 'FROM SQL WITH FUNCTION ' || NULLIF(CAST(CAST(t.trffromsql AS regprocedure) AS text), '-'),
                'TO SQL WITH FUNCTION ' || NULLIF(CAST(CAST(t.trftosql AS regprocedure) AS text), '-')
            )
        ),
        NULL,
        ty.typnamespace = ANY (CAST(:managed_oids AS oid[]))
        OR ty.typrelid = ANY (CAST(:relations AS oid[]))
    FROM pg_catalog.pg_transform AS t
    JOIN pg_catalog.pg_language AS l ON l.oid = t.trflang
    JOIN pg_catalog.pg_type AS ty ON ty.oid = t.trftype
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid, 'publication', quote_ident(p.pubname),
        format(
            'CREATE PUBLICATION %I%s WITH (%s)',
            p.pubname,
            CASE
                WHEN p.puballtables THEN ' FOR ALL TABLES'
                ELSE ' FOR ' || NULLIF(concat_ws(
                    ', ',
                    (
                        SELECT 'TABLES IN SCHEMA ' || string_agg(
                            s.pnnspid::regnamespace::text, ', '
                            ORDER BY s.pnnspid::regnamespace::text COLLATE "C"
                        )
                        FROM pg_catalog.pg_publication_namespace AS s
                        WHERE s.pnpubid = p.oid
                    ),
                    (
                        SELECT string_agg(
                            'TABLE ' || r.prrelid::regclass
                            || coalesce(' (' || (
                                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C")
                                FROM pg_catalog.pg_attribute AS a
                                WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)
                            ) || ')', '')
                            || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', ''),
                            ', ' ORDER BY r.prrelid::regclass::text COLLATE "C"
                        )
                        FROM pg_catalog.pg_publication_rel AS r
                        WHERE r.prpubid = p.oid
                    )
                ), '')
            END,
            concat_ws(
                ', ',
                'publish = ' || quote_literal(concat_ws(
                    ', ',
                    CASE WHEN p.pubinsert THEN 'insert' END,
                    CASE WHEN p.pubupdate THEN 'update' END,
                    CASE WHEN p.pubdelete THEN 'delete' END,
                    CASE WHEN p.pubtruncate THEN 'truncate' END
                )),
                CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END,
                CASE
                    WHEN to_jsonb(p) ->> 'pubgencols' = 's' THEN 'publish_generated_columns = stored'
                END
            )
        ),
        NULL,
        p.puballtables OR EXISTS (
            SELECT FROM pg_catalog.pg_publication_namespace AS s
            WHERE s.pnpubid = p.oid
                AND (
                    s.pnnspid = ANY (CAST(:managed_oids AS oid[]))
                    OR s.pnnspid IN (
                        SELECT c.relnamespace
                        FROM pg_catalog.pg_class AS c
                        WHERE c.oid = ANY (CAST(:relations AS oid[]))
                    )
                )
        ) OR EXISTS (
            SELECT FROM pg_catalog.pg_publication_rel AS r
            WHERE r.prpubid = p.oid AND r.prrelid = ANY (CAST(:relations AS oid[]))
        ) OR EXISTS (
            SELECT
            FROM unnest(CAST(:history_schemas AS text[]), CAST(:history_tables AS text[])) AS h (schema, name)
            JOIN pg_catalog.pg_namespace AS n ON n.nspname = h.schema
            JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = h.name
            WHERE EXISTS (
                SELECT FROM pg_catalog.pg_publication_namespace AS s
                WHERE s.pnpubid = p.oid AND s.pnnspid = n.oid
            ) OR EXISTS (
                SELECT FROM pg_catalog.pg_publication_rel AS r
                WHERE r.prpubid = p.oid AND r.prrelid = c.oid
            )
        )
    FROM pg_catalog.pg_publication AS p
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, e.oid, 'event-trigger', quote_ident(e.evtname),
        format(
            'CREATE EVENT TRIGGER %I ON %I%s EXECUTE FUNCTION %s', e.evtname, e.evtevent,
            ' WHEN TAG IN (' || (
                SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag COLLATE "C")
                FROM unnest(e.evttags) AS tag
            ) || ')',
            e.evtfoid::regprocedure
        ),
        CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
        -- An event trigger that fires can stop a revision. Those of the audit are compared
        -- elsewhere.
        e.evtenabled <> 'D' AND n.nspname <> 'schemaproof_audit'
        OR p.pronamespace = ANY (CAST(:managed_oids AS oid[]))
    FROM pg_catalog.pg_event_trigger AS e
    JOIN pg_catalog.pg_proc AS p ON p.oid = e.evtfoid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 'language', quote_ident(l.lanname),
        format(
            'CREATE %sLANGUAGE %I HANDLER %s%s%s', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END, l.lanname,
            l.lanplcallfoid::regproc, ' INLINE ' || NULLIF(CAST(CAST(l.laninline AS regproc) AS text), '-'),
            ' VALIDATOR ' || NULLIF(CAST(CAST(l.lanvalidator AS regproc) AS text), '-')
        ),
        NULL,
        p.pronamespace = ANY (CAST(:managed_oids AS oid[]))
    FROM pg_catalog.pg_language AS l
    JOIN pg_catalog.pg_proc AS p ON p.oid = l.lanplcallfoid
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 'foreign-data-wrapper', quote_ident(w.fdwname),
        format('CREATE FOREIGN DATA WRAPPER %I', w.fdwname)
        || coalesce((
            SELECT string_agg(format(E';\nALTER FOREIGN DATA WRAPPER %I %s', w.fdwname, change.clause), '' ORDER BY place)
            FROM (
                SELECT 'HANDLER ' || NULLIF(CAST(CAST(w.fdwhandler AS regproc) AS text), '-') AS clause, '1' AS place
                UNION ALL
                SELECT 'VALIDATOR ' || NULLIF(CAST(CAST(w.fdwvalidator AS regproc) AS text), '-'), '2'
                UNION ALL
                SELECT format('OPTIONS (ADD %I %L)', option_name, option_value), '3' || option_name COLLATE "C"
                FROM pg_options_to_table(w.fdwoptions)
            ) AS change
            WHERE change.clause IS NOT NULL
        ), ''),
        NULL,
        EXISTS (
            SELECT FROM pg_catalog.pg_foreign_table AS f
            JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
            WHERE f.ftrelid = ANY (CAST(:relations AS oid[])) AND s.srvfdw = w.oid
        )
    FROM pg_catalog.pg_foreign_data_wrapper AS w
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 'foreign-server', quote_ident(s.srvname),
        format(
            'CREATE SERVER %I%s FOREIGN DATA WRAPPER %I',
            s.srvname, ' TYPE ' || quote_literal(s.srvtype), w.fdwname
        )
        || coalesce(format(E';\nALTER SERVER %I VERSION ', s.srvname) || quote_literal(s.srvversion), '')
        || coalesce((
            SELECT string_agg(
                format(
                    E';\nALTER SERVER %I OPTIONS (ADD %I %L)', s.srvname, option_name,
                    -- The address of a server differs from one environment to the next, and may be
                    -- secret.
                    CASE
                        WHEN option_name ~* 'pass|secret|host|port|dbname|user|key' THEN '...'
                        ELSE option_value
                    END
                ),
                '' ORDER BY option_name COLLATE "C"
            )
            FROM pg_options_to_table(s.srvoptions)
        ), ''),
        NULL,
        EXISTS (
            SELECT FROM pg_catalog.pg_foreign_table AS f
            WHERE f.ftrelid = ANY (CAST(:relations AS oid[])) AND f.ftserver = s.oid
        )
    FROM pg_catalog.pg_foreign_server AS s
    JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
)

SELECT
    m.class::text AS catalog,
    m.oid,
    m.kind,
    m.name,
    m.definition,
    m.enabled,
    false AS inherited,
    m.ours,
    obj_description(m.oid, m.class::text) AS comment
FROM made AS m
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = m.class AND d.objid = m.oid AND d.deptype = 'e'
)
ORDER BY m.kind, m.name;
