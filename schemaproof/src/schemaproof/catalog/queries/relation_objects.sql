-- Triggers, policies, rules and extended statistics, each with the statement that creates it.
-- Internal triggers enforce constraints; the rule _RETURN is the query of a view.
SELECT
    'pg_trigger'::regclass::text AS catalog,
    t.oid,
    t.tgrelid AS relation,
    'trigger' AS kind,
    quote_ident(t.tgname) AS name,
    pg_get_triggerdef(t.oid) AS definition,
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
    t.tgparentid <> 0 AS inherited,
    obj_description(t.oid, 'pg_trigger') AS comment
FROM pg_catalog.pg_trigger AS t
WHERE t.tgrelid = ANY (CAST(:relations AS oid[])) AND NOT t.tgisinternal
UNION ALL
SELECT
    'pg_policy'::regclass::text,
    p.oid,
    p.polrelid,
    'policy',
    quote_ident(p.polname),
    format(
        'CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s',
        p.polname,
        p.polrelid::regclass,
        CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
        CASE p.polcmd
            WHEN 'r' THEN 'SELECT'
            WHEN 'a' THEN 'INSERT'
            WHEN 'w' THEN 'UPDATE'
            WHEN 'd' THEN 'DELETE'
            ELSE 'ALL'
        END,
        (
            SELECT string_agg(
                CASE WHEN r.role = 0 THEN 'PUBLIC' ELSE r.role::regrole::text END,
                ', ' ORDER BY r.role::regrole::text COLLATE "C"
            )
            FROM unnest(p.polroles) AS r (role)
        ),
        ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    ),
    NULL,
    false,
    obj_description(p.oid, 'pg_policy')
FROM pg_catalog.pg_policy AS p
WHERE p.polrelid = ANY (CAST(:relations AS oid[]))
UNION ALL
SELECT
    'pg_rewrite'::regclass::text,
    r.oid,
    r.ev_class,
    'rule',
    quote_ident(r.rulename),
    pg_get_ruledef(r.oid),
    CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
    false,
    obj_description(r.oid, 'pg_rewrite')
FROM pg_catalog.pg_rewrite AS r
WHERE r.ev_class = ANY (CAST(:relations AS oid[])) AND r.rulename <> '_RETURN'
UNION ALL
SELECT
    'pg_statistic_ext'::regclass::text,
    s.oid,
    s.stxrelid,
    'statistics',
    s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname),
    pg_get_statisticsobjdef(s.oid)
        || CASE
            WHEN s.stxstattarget >= 0
                THEN format(
                    '; ALTER STATISTICS %s.%I SET STATISTICS %s',
                    s.stxnamespace::regnamespace, s.stxname, s.stxstattarget
                )
            ELSE ''
        END,
    NULL,
    false,
    obj_description(s.oid, 'pg_statistic_ext')
FROM pg_catalog.pg_statistic_ext AS s
WHERE s.stxrelid = ANY (CAST(:relations AS oid[]))
ORDER BY 3, 4, 5;
