-- All other objects of a schema, each with the statement that creates it. Columns that only some
-- major versions have are read with to_jsonb(). pg_collation names its locale differently in 15, 16
-- and 17.
WITH made AS (
    SELECT 'pg_collation'::regclass AS class, c.oid, c.collnamespace AS schema, 'collation' AS kind,
        quote_ident(c.collname) AS name,
        format(
            'CREATE COLLATION %s.%I (%s)',
            c.collnamespace::regnamespace,
            c.collname,
            concat_ws(
                ', ',
                'PROVIDER = ' || CASE c.collprovider
                    WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc'
                END,
                'LOCALE = ' || quote_literal(coalesce(
                    to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'
                )),
                'LC_COLLATE = ' || quote_literal(c.collcollate),
                'LC_CTYPE = ' || quote_literal(c.collctype),
                'RULES = ' || quote_literal(to_jsonb(c) ->> 'collicurules'),
                CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END
            )
        ) AS definition
    FROM pg_catalog.pg_collation AS c
    WHERE c.collnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, o.oprnamespace, 'operator',
        format(
            '%s (%s, %s)',
            o.oprname,
            coalesce(format_type(NULLIF(o.oprleft, 0), NULL), 'NONE'),
            coalesce(format_type(NULLIF(o.oprright, 0), NULL), 'NONE')
        ),
        format(
            'CREATE OPERATOR %s.%s (%s)',
            o.oprnamespace::regnamespace,
            o.oprname,
            concat_ws(
                ', ',
                'FUNCTION = ' || CAST(o.oprcode AS text),
                'LEFTARG = ' || format_type(NULLIF(o.oprleft, 0), NULL),
                'RIGHTARG = ' || format_type(NULLIF(o.oprright, 0), NULL),
                CASE
                    WHEN o.oprcom <> 0 THEN (
                        SELECT format('COMMUTATOR = OPERATOR(%s.%s)', c.oprnamespace::regnamespace, c.oprname)
                        FROM pg_catalog.pg_operator AS c
                        WHERE c.oid = o.oprcom
                    )
                END,
                CASE
                    WHEN o.oprnegate <> 0 THEN (
                        SELECT format('NEGATOR = OPERATOR(%s.%s)', c.oprnamespace::regnamespace, c.oprname)
                        FROM pg_catalog.pg_operator AS c
                        WHERE c.oid = o.oprnegate
                    )
                END,
                'RESTRICT = ' || NULLIF(CAST(o.oprrest AS text), '-'),
                'JOIN = ' || NULLIF(CAST(o.oprjoin AS text), '-'),
                CASE WHEN o.oprcanhash THEN 'HASHES' END,
                CASE WHEN o.oprcanmerge THEN 'MERGES' END
            )
        )
    FROM pg_catalog.pg_operator AS o
    WHERE o.oprnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_opfamily'::regclass, f.oid, f.opfnamespace, 'operator-family',
        format('%I USING %I', f.opfname, am.amname),
        format('CREATE OPERATOR FAMILY %s.%I USING %I', f.opfnamespace::regnamespace, f.opfname, am.amname)
            || coalesce((
                SELECT string_agg(
                    format(
                        E';\nALTER OPERATOR FAMILY %s.%I USING %I ADD %s',
                        f.opfnamespace::regnamespace, f.opfname, am.amname, member.text
                    ),
                    '' ORDER BY member.text COLLATE "C"
                )
                FROM (
                    SELECT format(
                        'OPERATOR %s %s%s', ao.amopstrategy, ao.amopopr::regoperator,
                        ' FOR ORDER BY ' || (
                            SELECT format('%s.%I', sf.opfnamespace::regnamespace, sf.opfname)
                            FROM pg_catalog.pg_opfamily AS sf
                            WHERE sf.oid = ao.amopsortfamily
                        )
                    ) AS text
                    FROM pg_catalog.pg_amop AS ao
                    WHERE ao.amopfamily = f.oid
                        AND NOT EXISTS (
                            SELECT FROM pg_catalog.pg_depend AS d
                            WHERE d.classid = 'pg_amop'::regclass AND d.objid = ao.oid
                                AND d.refclassid = 'pg_opclass'::regclass AND d.deptype = 'i'
                        )
                    UNION ALL
                    SELECT format(
                        'FUNCTION %s (%s, %s) %s', ap.amprocnum, format_type(ap.amproclefttype, NULL),
                        format_type(ap.amprocrighttype, NULL), ap.amproc::regprocedure
                    )
                    FROM pg_catalog.pg_amproc AS ap
                    WHERE ap.amprocfamily = f.oid
                        AND NOT EXISTS (
                            SELECT FROM pg_catalog.pg_depend AS d
                            WHERE d.classid = 'pg_amproc'::regclass AND d.objid = ap.oid
                                AND d.refclassid = 'pg_opclass'::regclass AND d.deptype = 'i'
                        )
                ) AS member
            ), '')
    FROM pg_catalog.pg_opfamily AS f
    JOIN pg_catalog.pg_am AS am ON am.oid = f.opfmethod
    WHERE f.opfnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_opclass'::regclass, o.oid, o.opcnamespace, 'operator-class',
        format('%I USING %I', o.opcname, am.amname),
        format(
            'CREATE OPERATOR CLASS %s.%I%s FOR TYPE %s USING %I FAMILY %s.%I AS %s',
            o.opcnamespace::regnamespace, o.opcname,
            CASE WHEN o.opcdefault THEN ' DEFAULT' END,
            format_type(o.opcintype, NULL), am.amname, f.opfnamespace::regnamespace, f.opfname,
            (
                SELECT string_agg(member.text, ', ' ORDER BY member.text COLLATE "C")
                FROM (
                    SELECT 'STORAGE ' || format_type(coalesce(NULLIF(o.opckeytype, 0), o.opcintype), NULL) AS text
                    UNION ALL
                    SELECT format(
                        'OPERATOR %s %s%s', ao.amopstrategy, ao.amopopr::regoperator,
                        ' FOR ORDER BY ' || (
                            SELECT format('%s.%I', sf.opfnamespace::regnamespace, sf.opfname)
                            FROM pg_catalog.pg_opfamily AS sf
                            WHERE sf.oid = ao.amopsortfamily
                        )
                    )
                    FROM pg_catalog.pg_depend AS d
                    JOIN pg_catalog.pg_amop AS ao ON d.classid = 'pg_amop'::regclass AND d.objid = ao.oid
                    WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = o.oid
                    UNION ALL
                    SELECT format(
                        'FUNCTION %s (%s, %s) %s', ap.amprocnum, format_type(ap.amproclefttype, NULL),
                        format_type(ap.amprocrighttype, NULL), ap.amproc::regprocedure
                    )
                    FROM pg_catalog.pg_depend AS d
                    JOIN pg_catalog.pg_amproc AS ap ON d.classid = 'pg_amproc'::regclass AND d.objid = ap.oid
                    WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = o.oid
                ) AS member
            )
        )
    FROM pg_catalog.pg_opclass AS o
    JOIN pg_catalog.pg_am AS am ON am.oid = o.opcmethod
    JOIN pg_catalog.pg_opfamily AS f ON f.oid = o.opcfamily
    WHERE o.opcnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_conversion'::regclass, c.oid, c.connamespace, 'conversion', quote_ident(c.conname),
        format(
            'CREATE %sCONVERSION %s.%I FOR %L TO %L FROM %s',
            CASE WHEN c.condefault THEN 'DEFAULT ' END,
            c.connamespace::regnamespace, c.conname, pg_encoding_to_char(c.conforencoding),
            pg_encoding_to_char(c.contoencoding), c.conproc
        )
    FROM pg_catalog.pg_conversion AS c
    WHERE c.connamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_ts_template'::regclass, t.oid, t.tmplnamespace, 'text-search-template', quote_ident(t.tmplname),
        format(
            'CREATE TEXT SEARCH TEMPLATE %s.%I (%s)', t.tmplnamespace::regnamespace, t.tmplname,
            concat_ws(', ', 'INIT = ' || NULLIF(CAST(t.tmplinit AS text), '-'), 'LEXIZE = ' || NULLIF(CAST(t.tmpllexize AS text), '-'))
        )
    FROM pg_catalog.pg_ts_template AS t
    WHERE t.tmplnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, p.oid, p.prsnamespace, 'text-search-parser', quote_ident(p.prsname),
        format(
            'CREATE TEXT SEARCH PARSER %s.%I (%s)', p.prsnamespace::regnamespace, p.prsname,
            concat_ws(
                ', ', 'START = ' || CAST(p.prsstart AS text), 'GETTOKEN = ' || CAST(p.prstoken AS text), 'END = ' || CAST(p.prsend AS text),
                'HEADLINE = ' || NULLIF(CAST(p.prsheadline AS text), '-'), 'LEXTYPES = ' || CAST(p.prslextype AS text)
            )
        )
    FROM pg_catalog.pg_ts_parser AS p
    WHERE p.prsnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid, d.dictnamespace, 'text-search-dictionary', quote_ident(d.dictname),
        format(
            'CREATE TEXT SEARCH DICTIONARY %s.%I (TEMPLATE = %s.%I%s)', d.dictnamespace::regnamespace,
            d.dictname, t.tmplnamespace::regnamespace, t.tmplname, ', ' || d.dictinitoption
        )
    FROM pg_catalog.pg_ts_dict AS d
    JOIN pg_catalog.pg_ts_template AS t ON t.oid = d.dicttemplate
    WHERE d.dictnamespace = ANY (CAST(:schema_oids AS oid[]))
    UNION ALL
    SELECT 'pg_ts_config'::regclass, c.oid, c.cfgnamespace, 'text-search-configuration', quote_ident(c.cfgname),
        format(
            'CREATE TEXT SEARCH CONFIGURATION %s.%I (PARSER = %s.%I)', c.cfgnamespace::regnamespace,
            c.cfgname, p.prsnamespace::regnamespace, p.prsname
        ) || coalesce((
            SELECT string_agg(
                format(
                    E';\nALTER TEXT SEARCH CONFIGURATION %s.%I ADD MAPPING FOR %I WITH %s',
                    c.cfgnamespace::regnamespace, c.cfgname, mapping.token, mapping.dictionaries
                ),
                '' ORDER BY mapping.token COLLATE "C"
            )
            FROM (
                SELECT token.alias AS token,
                    string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
                FROM pg_catalog.pg_ts_config_map AS m
                JOIN ts_token_type(c.cfgparser) AS token ON token.tokid = m.maptokentype
                WHERE m.mapcfg = c.oid
                GROUP BY token.alias
            ) AS mapping
        ), '')
    FROM pg_catalog.pg_ts_config AS c
    JOIN pg_catalog.pg_ts_parser AS p ON p.oid = c.cfgparser
    WHERE c.cfgnamespace = ANY (CAST(:schema_oids AS oid[]))
)

SELECT
    m.class::text AS catalog,
    m.oid,
    n.nspname AS schema,
    m.kind,
    m.name,
    m.definition,
    CAST(NULL AS text) AS enabled,
    false AS inherited,
    obj_description(m.oid, m.class::text) AS comment
FROM made AS m
JOIN pg_catalog.pg_namespace AS n ON n.oid = m.schema
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = m.class AND d.objid = m.oid AND d.deptype = 'e'
)
ORDER BY n.nspname, m.kind, m.name;
