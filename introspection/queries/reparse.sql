-- Replaces every check, exclusion, default and partial or expression index by its own print, as a
-- dump and restore would. Only for scratch databases. The search_path must be empty, so that every
-- print is qualified. An index that has a predicate or an expression cannot be the target of a foreign key,
-- so it can always be dropped. What a partitioned table hands down to its partitions by another name
-- than it has itself (indexes, exclusions) could not be put back as it was, and is left alone.
DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        SELECT conrelid::regclass AS relation, conname AS name, pg_get_constraintdef(oid) AS print
        FROM pg_catalog.pg_constraint
        WHERE contype IN ('c', 'x')
            AND conrelid <> 0
            AND conislocal
            AND (contype = 'c' OR conrelid NOT IN (SELECT partrelid FROM pg_partitioned_table))
            AND connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', item.relation, item.name);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', item.relation, item.name, item.print);
    END LOOP;

    FOR item IN
        SELECT d.adrelid::regclass AS relation, a.attname AS name,
            pg_get_expr(d.adbin, d.adrelid) AS print
        FROM pg_catalog.pg_attrdef AS d
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE a.attgenerated = ''
    LOOP
        EXECUTE format(
            'ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', item.relation, item.name, item.print
        );
    END LOOP;

    FOR item IN
        SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS print
        FROM pg_catalog.pg_index
        JOIN pg_catalog.pg_class AS c ON c.oid = indexrelid
        WHERE (indpred IS NOT NULL OR indexprs IS NOT NULL)
            AND c.relkind = 'i'
            AND NOT c.relispartition
            AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid)
    LOOP
        EXECUTE format('DROP INDEX %s', item.name);
        EXECUTE item.print;
    END LOOP;
END
$$;
