-- Views of what is really there, one per concern; each row is something that can be changed.
--
-- Every view has: names (what a finding's path has to mention), code (the first part of the codes),
-- ref (the object as SQL names it). They read pg_catalog alone, and vanish with the session.

CREATE TEMP VIEW mine AS
SELECT pg_namespace.oid, nspname::text AS schema, format('%I', nspname) AS ref,
    ARRAY[nspname]::text[] AS names, 'schema' AS code, nspname = ANY (managed) AS managed, nspacl AS acl
FROM pg_namespace, scope
WHERE nspname = ANY (managed || shared);

CREATE TEMP VIEW relation AS
SELECT c.oid, mine.schema, c.relname::text AS name, format('%I.%I', mine.schema, c.relname) AS ref,
    format('%I', c.relname) AS quoted, mine.ref AS schema_ref,
    ARRAY[mine.schema, c.relname]::text[] AS names, mine.managed, c.relkind AS kind,
    c.relpersistence AS persistence, c.relispartition AS partition, c.reloftype <> 0 AS typed,
    c.relrowsecurity AS secured, c.relforcerowsecurity AS forced, c.reloptions AS options,
    c.relreplident AS identity, c.relacl AS acl, c.relowner AS owner, am.amname AS method,
    obj_description(c.oid, 'pg_class') AS comment,
    EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid) AS child,
    EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid) AS parent,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized-view' WHEN 'f' THEN 'foreign-table'
        WHEN 'S' THEN 'sequence' ELSE 'table' END AS code,
    CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
        WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word
FROM pg_class AS c JOIN mine ON mine.oid = c.relnamespace LEFT JOIN pg_am AS am ON am.oid = c.relam
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND (
        c.relname IN ('alembic_version', 'monps_migration_ledger', 'monps_migration_ledger_id_seq')
    ) = (SELECT own FROM scope)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e');

CREATE TEMP VIEW tab AS SELECT * FROM relation WHERE kind IN ('r', 'p');

CREATE TEMP VIEW col AS
SELECT r.oid AS relid, r.schema, r.name AS tab, a.attname::text AS name, r.ref,
    format('%I', a.attname) AS quoted, r.names || a.attname::text AS names, 'column' AS code, r.kind,
    r.word, r.managed, r.partition, r.child, a.attnum AS num, format_type(a.atttypid, a.atttypmod) AS type,
    t.typname::text AS base, t.typtype, a.atttypmod AS modifier, a.attnotnull AS required,
    a.attidentity AS identity, a.attgenerated AS generated, a.attstorage AS storage,
    t.typstorage <> 'p' AS toastable, a.attcompression AS compression, a.attcollation AS collated,
    a.attoptions AS options, a.attacl AS acl, coalesce(a.attstattarget, -1) AS target,
    pg_get_expr(d.adbin, d.adrelid) AS expression, col_description(r.oid, a.attnum) AS comment,
    a.attislocal AND a.attinhcount = 0 AND NOT r.typed AND r.kind IN ('r', 'p') AS own,
    -- Only its own default, nothing else, speaks of it.
    NOT EXISTS (
        SELECT FROM pg_depend AS p
        WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = r.oid AND p.refobjsubid = a.attnum
            AND NOT (p.classid = 'pg_attrdef'::regclass AND p.objid IS NOT DISTINCT FROM d.oid)
    ) AS bare,
    -- PostgreSQL refuses to change its type.
    EXISTS (
        SELECT FROM pg_depend AS p
        WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = r.oid
            AND (p.refobjsubid = a.attnum AND p.classid IN (
                    'pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
                    'pg_publication_rel'::regclass, 'pg_statistic_ext'::regclass)
                OR p.refobjsubid = a.attnum AND p.classid = 'pg_attrdef'::regclass AND p.objid <> d.oid
                OR p.refobjsubid = a.attnum AND p.classid = 'pg_attrdef'::regclass AND d.oid IS NULL)
    ) OR EXISTS (
        SELECT FROM pg_partition_tree(r.oid) AS tree
        JOIN pg_partitioned_table AS p ON p.partrelid = tree.relid
        JOIN pg_attribute AS part ON part.attrelid = p.partrelid AND part.attnum = ANY (p.partattrs)
        WHERE part.attname = a.attname
    ) OR EXISTS (
        SELECT FROM pg_type WHERE typrelid = r.oid AND EXISTS (
            SELECT FROM pg_attribute AS user_ WHERE user_.atttypid = pg_type.oid)
    ) AS pinned,
    EXISTS (
        SELECT FROM pg_constraint WHERE conrelid = r.oid AND a.attnum = ANY (conkey)
            AND contype IN ('p', 'u', 'f', 'x')
    ) AS keyed,
    EXISTS (SELECT FROM pg_index WHERE indrelid = r.oid AND indisreplident) AS identified
FROM relation AS r
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.kind IN ('r', 'p', 'f', 'v', 'm');

CREATE TEMP VIEW con AS
SELECT k.oid, r.oid AS relid, r.schema, r.name AS tab, k.conname::text AS name, r.ref, r.schema_ref,
    format('%I', k.conname) AS quoted, r.names || k.conname::text AS names, r.kind, r.parent, r.persistence,
    k.contype AS type, pg_get_constraintdef(k.oid) AS def, k.condeferrable AS delayed,
    k.convalidated AS valid, k.connoinherit AS alone, k.conkey AS keys, k.confmatchtype AS match,
    k.coninhcount = 0 AND k.conparentid = 0 AND r.kind IN ('r', 'p') AS own,
    obj_description(k.oid, 'pg_constraint') AS comment,
    EXISTS (SELECT FROM pg_constraint AS f WHERE f.confrelid = r.oid AND f.conindid = k.conindid)
        OR EXISTS (SELECT FROM pg_index WHERE indexrelid = k.conindid AND (indisclustered OR indisreplident))
        AS referenced,
    regexp_replace(pg_get_constraintdef(k.oid),
        '( MATCH FULL| ON UPDATE | ON DELETE | (NOT )?DEFERRABLE| NOT VALID| NOT ENFORCED).*$', '') AS base,
    regexp_replace(pg_get_constraintdef(k.oid),
        '^.*?(( ON UPDATE [A-Z ]+?)?( ON DELETE [A-Z ]+?)?)?( (NOT )?DEFERRABLE.*| NOT VALID| NOT ENFORCED)?$',
        '\1') AS actions,
    CASE k.contype WHEN 'p' THEN 'primary-key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign-key'
        WHEN 'c' THEN 'check' ELSE 'exclusion' END AS code
FROM pg_constraint AS k JOIN relation AS r ON r.oid = k.conrelid
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x');

CREATE TEMP VIEW idx AS
SELECT c.oid, r.oid AS relid, r.schema, r.name AS tab, c.relname::text AS name, r.ref AS tab_ref,
    format('%I.%I', r.schema, c.relname) AS ref, format('%I', c.relname) AS quoted,
    ARRAY[r.schema, c.relname]::text[] AS names, r.kind, c.relkind = 'I' AS partitioned,
    i.indisunique AS uniq, i.indnatts, i.indnkeyatts, i.indkey, i.indisclustered AS clustered,
    am.amname::text AS method, pg_get_indexdef(c.oid) AS def, c.reloptions AS options,
    i.indpred IS NOT NULL AS partial, i.indexprs IS NOT NULL AS computed,
    pg_get_indexdef(c.oid) ~ 'USING btree \(("([^"]|"")*"|\w+)(, ("([^"]|"")*"|\w+))*\)$' AS simple,
    obj_description(c.oid, 'pg_class') AS comment,
    k.oid IS NOT NULL AS constrained, NOT c.relispartition AS own, i.indisreplident AS identity,
    (SELECT t.typname::text FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum = i.indnkeyatts) AS last_type,
    CASE WHEN k.contype = 'p' THEN 'primary-key' WHEN k.contype = 'u' THEN 'unique'
        WHEN k.contype = 'x' THEN 'exclusion' WHEN i.indisunique THEN 'unique-index' ELSE 'index' END AS code
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN relation AS r ON r.oid = i.indrelid
JOIN pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_constraint AS k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x');

CREATE TEMP VIEW seq AS
SELECT r.*, s.seqtypid::regtype::text AS type, s.seqstart AS start, s.seqincrement AS increment,
    s.seqmax AS maximum, s.seqmin AS minimum, s.seqcache AS cache, s.seqcycle AS cycle,
    d.deptype AS owned, d.refobjid AS tab_oid, d.refobjid::regclass::text AS tab_ref,
    a.attname::text AS col_name, a.attnum AS num, format('%I', a.attname) AS col_quoted
FROM relation AS r
JOIN pg_sequence AS s ON s.seqrelid = r.oid
LEFT JOIN pg_depend AS d ON d.objid = r.oid AND d.classid = 'pg_class'::regclass
    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid;

CREATE TEMP VIEW seen AS
SELECT r.*, rtrim(pg_get_viewdef(r.oid), ';') AS def, c.relispopulated AS filled,
    (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute WHERE attrelid = r.oid AND attnum > 0)
        AS columns,
    EXISTS (SELECT FROM pg_depend AS d JOIN pg_rewrite AS w ON w.oid = d.objid
        WHERE d.refobjid = r.oid AND w.ev_class <> r.oid) AS used
FROM relation AS r JOIN pg_class AS c ON c.oid = r.oid
WHERE r.kind IN ('v', 'm');

CREATE TEMP VIEW routine AS
SELECT p.oid, mine.schema, p.proname::text AS name, mine.ref AS schema_ref, format('%I', p.proname) AS quoted,
    format('%I.%I(%s)', mine.schema, p.proname, pg_get_function_identity_arguments(p.oid)) AS ref,
    ARRAY[mine.schema, p.proname]::text[] AS names, 'function' AS code, mine.managed,
    p.prokind AS kind, l.lanname::text AS language, p.provolatile AS volatility, p.proisstrict AS strict,
    p.prosecdef AS definer, p.proleakproof AS leakproof, p.proparallel AS parallel, p.proretset AS setof,
    p.proacl AS acl, p.proconfig AS config, p.prorettype::regtype::text AS result, p.prosrc AS body,
    obj_description(p.oid, 'pg_proc') AS comment,
    CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS def,
    CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS word,
    p.pronargdefaults AS defaults, p.proargnames AS arguments
FROM pg_proc AS p JOIN mine ON mine.oid = p.pronamespace JOIN pg_language AS l ON l.oid = p.prolang;

CREATE TEMP VIEW typ AS
SELECT t.oid, mine.schema, t.typname::text AS name, mine.ref AS schema_ref, format('%I', t.typname) AS quoted,
    format('%I.%I', mine.schema, t.typname) AS ref, ARRAY[mine.schema, t.typname]::text[] AS names,
    t.typtype AS kind, t.typacl AS acl, t.typrelid AS relid, t.typnotnull AS required, t.typdefault AS preset,
    format_type(t.typbasetype, t.typtypmod) AS base, obj_description(t.oid, 'pg_type') AS comment,
    (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) AS labels,
    EXISTS (SELECT FROM pg_attribute WHERE atttypid = t.oid)
        OR EXISTS (SELECT FROM pg_class WHERE reloftype = t.oid) AS used,
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite-type' WHEN 'd' THEN 'domain'
        ELSE 'range-type' END AS code,
    CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS word
FROM pg_type AS t JOIN mine ON mine.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
WHERE t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c';

CREATE TEMP VIEW trig AS
SELECT g.oid, r.schema, r.name AS tab, r.ref, r.kind, g.tgname::text AS name, format('%I', g.tgname) AS quoted,
    r.names || g.tgname::text AS names, 'trigger' AS code, pg_get_triggerdef(g.oid) AS def,
    g.tgenabled AS enabled, g.tgconstraint <> 0 AS bound, obj_description(g.oid, 'pg_trigger') AS comment
FROM pg_trigger AS g JOIN relation AS r ON r.oid = g.tgrelid
WHERE NOT g.tgisinternal AND g.tgparentid = 0;

CREATE TEMP VIEW rul AS
SELECT w.oid, r.schema, r.ref, r.kind, w.rulename::text AS name, format('%I', w.rulename) AS quoted,
    r.names || w.rulename::text AS names, 'rule' AS code, pg_get_ruledef(w.oid) AS def,
    w.ev_enabled AS enabled, obj_description(w.oid, 'pg_rewrite') AS comment
FROM pg_rewrite AS w JOIN relation AS r ON r.oid = w.ev_class
WHERE w.rulename <> '_RETURN';

CREATE TEMP VIEW pol AS
SELECT p.oid, r.schema, r.ref, p.polname::text AS name, format('%I', p.polname) AS quoted,
    r.names || p.polname::text AS names, 'policy' AS code, p.polcmd AS command, p.polpermissive AS permissive,
    pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS checked,
    obj_description(p.oid, 'pg_policy') AS comment
FROM pg_policy AS p JOIN relation AS r ON r.oid = p.polrelid;
