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
        c.relname IN ('alembic_version', 'monps_migration_ledger', 'monps_migration_ledger_id_seq',
            'schemaproof_ledger', 'schemaproof_ledger_id_seq')
    ) = (SELECT own FROM scope)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e');

CREATE TEMP VIEW tab AS
SELECT r.*,
    (SELECT format('%I', attname) FROM pg_attribute
        WHERE attrelid = r.oid AND attnum > 0 AND NOT attisdropped AND attgenerated <> 'v'
            AND atttypid IN (20, 23, 25, 1043, 701)
        ORDER BY attnum LIMIT 1) AS first_column,
    (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = r.oid) AS bound,
    (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = r.oid LIMIT 1) AS parent_ref
FROM relation AS r WHERE r.kind IN ('r', 'p');

CREATE TEMP VIEW lone_tab AS
SELECT * FROM tab WHERE kind = 'r' AND NOT child AND NOT parent AND NOT typed;

CREATE TEMP VIEW col AS
SELECT r.oid AS relid, r.schema, r.name AS tab, a.attname::text AS name, r.ref,
    format('%I', a.attname) AS quoted, r.names || a.attname::text AS names, 'column' AS code, r.kind,
    r.word, r.managed, r.partition, r.child, a.attnum AS num, format_type(a.atttypid, a.atttypmod) AS type,
    t.typname::text AS base, t.typtype, a.atttypmod AS modifier, a.attnotnull AS required,
    a.attidentity AS identity, a.attgenerated AS generated, a.attstorage AS storage,
    t.typstorage <> 'p' AS toastable, a.attcompression AS compression, a.attcollation AS collated,
    -- Debian's PostgreSQL 15.20 keeps a note of its own, pg_attver, among the options.
    nullif(
        ARRAY(SELECT o.option FROM unnest(a.attoptions) AS o (option) WHERE o.option !~ '^pg_attver='),
        '{}'
    ) AS options,
    a.attacl AS acl, coalesce(a.attstattarget, -1) AS target,
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
    EXISTS (SELECT FROM pg_index WHERE indrelid = r.oid AND indisreplident) AS identified,
    (SELECT format('%I', conname) FROM pg_constraint
        WHERE conrelid = r.oid AND contype = 'n' AND conkey = ARRAY[a.attnum]) AS not_null
FROM relation AS r
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.kind IN ('r', 'p', 'f', 'v', 'm');

CREATE TEMP VIEW plain_col AS SELECT * FROM col WHERE own AND NOT pinned AND generated = '';
CREATE TEMP VIEW preset_col AS SELECT * FROM col WHERE own AND generated = '' AND identity = '';
CREATE TEMP VIEW real_col AS SELECT * FROM col WHERE kind IN ('r', 'p') AND generated <> 'v';

CREATE TEMP VIEW pair AS
SELECT DISTINCT ON (one.relid) one.*, other.quoted AS other
FROM col AS one
JOIN col AS other ON other.relid = one.relid AND other.type = one.type AND other.num > one.num
WHERE one.own AND other.own AND NOT one.child
ORDER BY one.relid, one.num, other.num;

CREATE TEMP VIEW two AS
SELECT col.*, lead(quoted) OVER (PARTITION BY relid ORDER BY num) AS next
FROM col WHERE kind = 'r' AND managed AND base IN ('int4', 'text', 'varchar', 'float8');

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
    (SELECT string_agg(format('%I', attname), ', ' ORDER BY array_position(k.conkey, attnum) DESC)
        FROM pg_attribute WHERE attrelid = r.oid AND attnum = ANY (k.conkey)) AS reversed,
    CASE k.contype WHEN 'p' THEN 'primary-key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign-key'
        WHEN 'c' THEN 'check' ELSE 'exclusion' END AS code
FROM pg_constraint AS k JOIN relation AS r ON r.oid = k.conrelid
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x');

CREATE TEMP VIEW free_con AS SELECT * FROM con WHERE own AND NOT referenced;
CREATE TEMP VIEW check_con AS SELECT * FROM con WHERE own AND type = 'c';
CREATE TEMP VIEW foreign_key AS
SELECT * FROM con WHERE own AND type = 'f' AND def !~ '(PERIOD|NOT ENFORCED)';

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

CREATE TEMP VIEW free_idx AS
SELECT * FROM idx WHERE own AND NOT constrained AND NOT identity AND code <> 'table';

CREATE TEMP VIEW seq AS
SELECT r.*, s.seqtypid::regtype::text AS type, s.seqstart AS start, s.seqincrement AS increment,
    s.seqmax AS maximum, s.seqmin AS minimum, s.seqcache AS cache, s.seqcycle AS cycle,
    d.deptype AS owned, d.refobjid AS tab_oid, d.refobjid::regclass::text AS tab_ref,
    a.attname::text AS col_name, a.attnum AS num, format('%I', a.attname) AS col_quoted,
    -- A row needs nothing beside its key that a check or a partition could refuse.
    NOT EXISTS (
        SELECT FROM con JOIN pg_attribute AS k ON k.attrelid = con.relid AND k.attnum = ANY (con.keys)
        WHERE con.relid = d.refobjid AND con.type = 'c' AND k.attnotnull AND NOT k.atthasdef
            AND k.attnum <> a.attnum
    ) AND NOT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = d.refobjid) AS key_row_fits,
    (
        SELECT format(
            'SET LOCAL session_replication_role = replica; '
            'INSERT INTO %s (%I%s) OVERRIDING SYSTEM VALUE VALUES (500%s); ',
            d.refobjid::regclass, a.attname,
            coalesce(string_agg(format(', %I', n.attname), '' ORDER BY n.attnum), ''),
            coalesce(string_agg(', ' || CASE t.typcategory WHEN 'S' THEN '''x''' WHEN 'N' THEN '1'
                WHEN 'D' THEN 'now()' WHEN 'B' THEN 'true' ELSE '''{}''' END, '' ORDER BY n.attnum), ''))
        FROM pg_attribute AS n JOIN pg_type AS t ON t.oid = n.atttypid
        WHERE n.attrelid = d.refobjid AND n.attnum > 0 AND n.attnotnull AND NOT n.atthasdef
            AND n.attidentity = '' AND NOT n.attisdropped AND n.attnum <> a.attnum
    ) AS key_row
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

CREATE TEMP VIEW sql_routine AS
SELECT * FROM routine WHERE kind IN ('f', 'p') AND language IN ('sql', 'plpgsql');

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
    CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS word,
    (SELECT format('%I', attname) FROM pg_attribute
        WHERE attrelid = t.typrelid AND atttypid = 1043 AND NOT attisdropped LIMIT 1) AS attribute,
    (SELECT format('%I', conname) FROM pg_constraint
        WHERE contypid = t.oid AND contype = 'c' ORDER BY conname LIMIT 1) AS check_name,
    (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contypid = t.oid AND contype = 'c' ORDER BY conname LIMIT 1) AS check_def
FROM pg_type AS t JOIN mine ON mine.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
WHERE t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c';

CREATE TEMP VIEW trig AS
SELECT g.oid, r.schema, r.name AS tab, r.ref, r.kind, g.tgname::text AS name, format('%I', g.tgname) AS quoted,
    r.names || g.tgname::text AS names, 'trigger' AS code, pg_get_triggerdef(g.oid) AS def,
    g.tgenabled AS enabled, g.tgconstraint <> 0 AS bound, obj_description(g.oid, 'pg_trigger') AS comment
FROM pg_trigger AS g JOIN relation AS r ON r.oid = g.tgrelid
WHERE NOT g.tgisinternal AND g.tgparentid = 0;

CREATE TEMP VIEW row_trig AS
SELECT * FROM trig WHERE kind = 'r' AND NOT bound AND def ~ 'FOR EACH ROW';

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

CREATE TEMP VIEW given AS
SELECT mine.*, defaclobjtype AS type, defaclacl
FROM pg_default_acl JOIN mine ON mine.oid = defaclnamespace;

CREATE TEMP VIEW coll AS
SELECT mine.schema, collname, format('%I.%I', mine.schema, collname) AS ref,
    ARRAY[mine.schema, collname]::text[] AS names, 'collation' AS code,
    EXISTS (SELECT FROM pg_attribute WHERE attcollation = c.oid) AS used
FROM pg_collation AS c JOIN mine ON mine.oid = collnamespace;

CREATE TEMP VIEW stat AS
SELECT e.oid, format('%I.%I', mine.schema, stxname) AS ref, ARRAY[mine.schema, stxname]::text[] AS names,
    'statistics' AS code, pg_get_statisticsobjdef(e.oid) AS def, stxexprs IS NOT NULL AS computed,
    obj_description(e.oid, 'pg_statistic_ext') AS comment
FROM pg_statistic_ext AS e JOIN mine ON mine.oid = stxnamespace;

CREATE TEMP VIEW op AS
SELECT o.*, format('%s.%s (%s, %s)', mine.ref, oprname, oprleft::regtype, oprright::regtype) AS ref,
    format('%s.%s', mine.ref, oprname) AS plain, ARRAY[mine.schema, oprname]::text[] AS names,
    'operator' AS code, oprcode::regproc AS called, oprleft::regtype AS left_, oprright::regtype AS right_
FROM pg_operator AS o JOIN mine ON mine.oid = oprnamespace;

CREATE TEMP VIEW class AS
SELECT c.oid, format('%I.%I USING %I', mine.schema, opcname, amname) AS ref, 'operator-class' AS code,
    ARRAY[mine.schema, opcname]::text[] AS names, mine.schema, format('%I', opcname) AS quoted
FROM pg_opclass AS c JOIN mine ON mine.oid = opcnamespace JOIN pg_am ON pg_am.oid = opcmethod;

CREATE TEMP VIEW family AS
SELECT f.oid, format('%I.%I USING %I', mine.schema, opfname, amname) AS ref, 'operator-family' AS code,
    ARRAY[mine.schema, opfname]::text[] AS names
FROM pg_opfamily AS f JOIN mine ON mine.oid = opfnamespace JOIN pg_am ON pg_am.oid = opfmethod;

CREATE TEMP VIEW conversion AS
SELECT c.oid, format('%I.%I', mine.schema, conname) AS ref, ARRAY[mine.schema, conname]::text[] AS names,
    'conversion' AS code
FROM pg_conversion AS c JOIN mine ON mine.oid = connamespace;

CREATE TEMP VIEW ts_configuration AS
SELECT c.*, format('%I.%I', mine.schema, cfgname) AS ref, ARRAY[mine.schema, cfgname]::text[] AS names,
    'text-search-configuration' AS code, obj_description(c.oid, 'pg_ts_config') AS comment
FROM pg_ts_config AS c JOIN mine ON mine.oid = cfgnamespace;

CREATE TEMP VIEW ts_dictionary AS
SELECT c.*, format('%I.%I', mine.schema, dictname) AS ref, ARRAY[mine.schema, dictname]::text[] AS names,
    'text-search-dictionary' AS code, obj_description(c.oid, 'pg_ts_dict') AS comment
FROM pg_ts_dict AS c JOIN mine ON mine.oid = dictnamespace;

CREATE TEMP VIEW ts_parser AS
SELECT c.*, format('%I.%I', mine.schema, prsname) AS ref, ARRAY[mine.schema, prsname]::text[] AS names,
    'text-search-parser' AS code, obj_description(c.oid, 'pg_ts_parser') AS comment
FROM pg_ts_parser AS c JOIN mine ON mine.oid = prsnamespace;

CREATE TEMP VIEW ts_template AS
SELECT c.*, format('%I.%I', mine.schema, tmplname) AS ref, ARRAY[mine.schema, tmplname]::text[] AS names,
    'text-search-template' AS code, obj_description(c.oid, 'pg_ts_template') AS comment
FROM pg_ts_template AS c JOIN mine ON mine.oid = tmplnamespace;

CREATE TEMP VIEW event AS
SELECT evtname, format('%I', evtname) AS quoted, ARRAY[evtname]::text[] AS names, 'event-trigger' AS code,
    evtfoid::regproc AS called, evtevent
FROM pg_event_trigger;

CREATE TEMP VIEW pub AS
SELECT p.*, format('%I', pubname) AS ref, ARRAY[pubname]::text[] AS names, 'publication' AS code,
    (SELECT min(prrelid)::regclass FROM pg_publication_rel WHERE prpubid = p.oid) AS tab,
    EXISTS (SELECT FROM pg_publication_namespace WHERE pnpubid = p.oid) AS of_schemas
FROM pg_publication AS p;

CREATE TEMP VIEW cast_ AS
SELECT c.*, format('(%s AS %s)', castsource::regtype, casttarget::regtype) AS ref,
    -- The target has several names: int4 and integer.
    ARRAY[(SELECT typname FROM pg_type WHERE oid = castsource)]::text[] AS names, 'cast' AS code,
    castfunc::regprocedure AS called
FROM pg_cast AS c
WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'i');

CREATE TEMP VIEW language AS
SELECT format('%I', lanname) AS ref, ARRAY[lanname]::text[] AS names, 'language' AS code, lanplcallfoid,
    laninline, lanvalidator, lanpltrusted
FROM pg_language
WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_language.oid AND deptype = 'e');

CREATE TEMP VIEW wrapper AS
SELECT format('%I', fdwname) AS ref, ARRAY[fdwname]::text[] AS names, 'foreign-data-wrapper' AS code
FROM pg_foreign_data_wrapper;

CREATE TEMP VIEW server AS
SELECT format('%I', srvname) AS ref, ARRAY[srvname]::text[] AS names, 'foreign-server' AS code
FROM pg_foreign_server;

CREATE TEMP VIEW extension AS
SELECT format('%I', extname) AS ref, extname, ARRAY[extname]::text[] AS names, 'extension' AS code
FROM pg_extension;

-- For what needs no target.
CREATE TEMP VIEW one AS SELECT ARRAY[]::text[] AS names, '' AS code;
