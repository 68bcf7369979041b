-- Replaces every text by its own print, as a dump and restore would do. This is for scratch
-- databases only. The search_path must be empty, so that all names in the prints are qualified.
-- Texts that cannot be replaced (because other objects depend on them, or because they come from a
-- parent) keep their print.
DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        -- A child table with the same constraint of its own would keep the old print.
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) || coalesce((
                WITH RECURSIVE heirs AS (
                    SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = conrelid
                    UNION
                    SELECT i.inhrelid FROM heirs JOIN pg_catalog.pg_inherits AS i ON i.inhparent = heirs.inhrelid
                )
                SELECT string_agg(
                    format('; ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', inhrelid::regclass, conname), ''
                )
                FROM heirs
            ), '') AS away,
            format(
                'ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)
            ) AS again
        FROM pg_catalog.pg_constraint
        WHERE contype IN ('c', 'x')
            AND conrelid <> 0
            AND conislocal
            AND (contype = 'c' OR conrelid NOT IN (SELECT partrelid FROM pg_partitioned_table))
            AND connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        UNION ALL
        SELECT format('ALTER DOMAIN %s DROP CONSTRAINT %I', format_type(contypid, NULL), conname),
            format(
                'ALTER DOMAIN %s ADD CONSTRAINT %I %s',
                format_type(contypid, NULL), conname, pg_get_constraintdef(oid)
            )
        FROM pg_catalog.pg_constraint
        WHERE contype = 'c'
            AND contypid <> 0
            AND connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        UNION ALL
        SELECT '', format(
            'ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s',
            d.adrelid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)
        )
        FROM pg_catalog.pg_attrdef AS d
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE a.attgenerated = ''
        UNION ALL
        SELECT format('ALTER TABLE %s DROP COLUMN %I', d.adrelid::regclass, a.attname),
            format(
                'ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s) %s',
                d.adrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                pg_get_expr(d.adbin, d.adrelid),
                CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END
            )
        FROM pg_catalog.pg_attrdef AS d
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE a.attgenerated <> ''
        UNION ALL
        -- A partitioned index is printed without the indexes of its partitions, which are dropped
        -- and created with it.
        SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid) || coalesce((
                WITH RECURSIVE parts AS (
                    SELECT inhrelid, inhparent, 1 AS depth
                    FROM pg_catalog.pg_inherits
                    WHERE inhparent = indexrelid
                    UNION ALL
                    SELECT i.inhrelid, i.inhparent, parts.depth + 1
                    FROM parts
                    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = parts.inhrelid
                )
                SELECT string_agg(
                    format(
                        '; %s; ALTER INDEX %s ATTACH PARTITION %s',
                        pg_get_indexdef(inhrelid), inhparent::regclass, inhrelid::regclass
                    ),
                    '' ORDER BY depth
                )
                FROM parts
            ), '')
        FROM pg_catalog.pg_index
        JOIN pg_catalog.pg_class AS c ON c.oid = indexrelid
        WHERE (indpred IS NOT NULL OR indexprs IS NOT NULL)
            AND c.relkind IN ('i', 'I')
            AND NOT c.relispartition
            AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid)
        UNION ALL
        SELECT '', format('CREATE OR REPLACE VIEW %s AS %s', c.oid::regclass, pg_get_viewdef(c.oid))
        FROM pg_catalog.pg_class AS c
        WHERE c.relkind = 'v'
            AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        UNION ALL
        SELECT format('DROP MATERIALIZED VIEW %s', c.oid::regclass),
            format('CREATE MATERIALIZED VIEW %s AS %s', c.oid::regclass, pg_get_viewdef(c.oid))
        FROM pg_catalog.pg_class AS c
        WHERE c.relkind = 'm'
        UNION ALL
        SELECT '', format(
            'ALTER POLICY %I ON %s%s%s', polname, polrelid::regclass,
            ' USING (' || pg_get_expr(polqual, polrelid) || ')',
            ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')'
        )
        FROM pg_catalog.pg_policy
        UNION ALL
        SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass), pg_get_triggerdef(oid)
        FROM pg_catalog.pg_trigger
        WHERE NOT tgisinternal AND tgqual IS NOT NULL AND tgparentid = 0
        UNION ALL
        SELECT format('DROP RULE %I ON %s', rulename, ev_class::regclass), pg_get_ruledef(oid)
        FROM pg_catalog.pg_rewrite
        WHERE oid >= 16384 AND rulename <> '_RETURN'
        UNION ALL
        SELECT '', pg_get_functiondef(oid)
        FROM pg_catalog.pg_proc
        WHERE oid >= 16384 AND prosqlbody IS NOT NULL
        UNION ALL
        SELECT format('DROP STATISTICS %s.%I', stxnamespace::regnamespace, stxname),
            pg_get_statisticsobjdef(oid)
        FROM pg_catalog.pg_statistic_ext
        WHERE stxexprs IS NOT NULL
    LOOP
        BEGIN
            IF item.away <> '' THEN
                EXECUTE item.away;
            END IF;
            EXECUTE item.again;
        EXCEPTION
            WHEN OTHERS THEN
                CONTINUE;
        END;
    END LOOP;
END
$$;
