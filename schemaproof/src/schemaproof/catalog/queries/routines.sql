-- Functions, procedures and aggregates, except for those of an extension ('e') or of a range type
-- ('i'). pg_get_functiondef() does not print aggregates.
SELECT
    'pg_proc'::regclass::text AS catalog,
    p.oid,
    n.nspname AS schema,
    'function' AS kind,
    format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)) AS name,
    CASE
        WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
        ELSE format(
            'CREATE AGGREGATE %I.%I(%s) (%s)',
            n.nspname,
            p.proname,
            CASE WHEN pg_get_function_arguments(p.oid) = '' THEN '*' ELSE pg_get_function_arguments(p.oid) END,
            concat_ws(
                ', ',
                'SFUNC = ' || CAST(a.aggtransfn AS text),
                'STYPE = ' || format_type(a.aggtranstype, NULL),
                'SSPACE = ' || NULLIF(a.aggtransspace, 0),
                'FINALFUNC = ' || NULLIF(CAST(a.aggfinalfn AS text), '-'),
                CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                CASE
                    WHEN a.aggfinalfn <> 0
                        THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify
                            WHEN 'r' THEN 'READ_ONLY'
                            WHEN 's' THEN 'SHAREABLE'
                            WHEN 'w' THEN 'READ_WRITE'
                        END
                END,
                'COMBINEFUNC = ' || NULLIF(CAST(a.aggcombinefn AS text), '-'),
                'SERIALFUNC = ' || NULLIF(CAST(a.aggserialfn AS text), '-'),
                'DESERIALFUNC = ' || NULLIF(CAST(a.aggdeserialfn AS text), '-'),
                'INITCOND = ' || quote_literal(a.agginitval),
                'MSFUNC = ' || NULLIF(CAST(a.aggmtransfn AS text), '-'),
                'MINVFUNC = ' || NULLIF(CAST(a.aggminvtransfn AS text), '-'),
                CASE WHEN a.aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(a.aggmtranstype, NULL) END,
                'MSSPACE = ' || NULLIF(a.aggmtransspace, 0),
                'MFINALFUNC = ' || NULLIF(CAST(a.aggmfinalfn AS text), '-'),
                CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
                CASE
                    WHEN a.aggmfinalfn <> 0
                        THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify
                            WHEN 'r' THEN 'READ_ONLY'
                            WHEN 's' THEN 'SHAREABLE'
                            WHEN 'w' THEN 'READ_WRITE'
                        END
                END,
                'MINITCOND = ' || quote_literal(a.aggminitval),
                'SORTOP = OPERATOR(' || NULLIF(a.aggsortop, 0)::regoper || ')',
                CASE p.proparallel
                    WHEN 's' THEN 'PARALLEL = SAFE'
                    WHEN 'r' THEN 'PARALLEL = RESTRICTED'
                END,
                CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END
            )
        )
    END AS definition,
    CAST(NULL AS text) AS enabled,
    false AS inherited,
    obj_description(p.oid, 'pg_proc') AS comment
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid = p.oid
WHERE p.pronamespace = ANY (CAST(:schema_oids AS oid[]))
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_proc'::regclass
            AND d.objid = p.oid
            AND d.deptype IN ('e', 'i')
    )
ORDER BY n.nspname, name;
