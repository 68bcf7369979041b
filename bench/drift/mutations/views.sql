-- Changes to views and materialised views.

-- view dropped | {}-missing | seen
DROP {word} {ref} CASCADE;

-- view renamed | {}-missing {}-renamed | seen
ALTER {word} {ref} RENAME TO bench_new;

-- view added | view-unexpected table-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE VIEW {ref}.bench_new AS SELECT 1 AS one;

-- materialised view added | materialized-view-unexpected table-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE MATERIALIZED VIEW {ref}.bench_new AS SELECT 1 AS one;

-- view shows fewer rows | {}-definition
--   | seen WHERE kind = 'v' AND def !~ 'RECURSIVE' AND options::text !~ 'check_option'
CREATE OR REPLACE VIEW {ref}{' WITH (' || array_to_string(options, ', ') || ')'} AS SELECT * FROM ({def}) AS old
    LIMIT 5;

-- view with one more column | {}-definition column-unexpected | seen WHERE kind = 'v' AND def !~ 'RECURSIVE'
CREATE OR REPLACE VIEW {ref} AS SELECT *, 1 AS bench_new FROM ({def}) AS old;

-- view's column renamed | {}-definition column-missing column-renamed | seen
ALTER {word} {ref} RENAME COLUMN {columns[1]!I} TO bench_new;

-- view's column with a default | {}-definition column-default | seen WHERE kind = 'v'
{'ALTER VIEW ' || ref || ' ALTER ' || quote_ident((SELECT attname FROM pg_attribute WHERE attrelid = seen.oid AND
    atttypid IN (25, 1043) AND attnum > 0 AND NOT atthasdef ORDER BY attnum LIMIT 1)) || ' SET DEFAULT ''bench'''};

-- view's default dropped | view-definition column-default | col WHERE kind = 'v' AND expression IS NOT NULL
ALTER VIEW {ref} ALTER {quoted} DROP DEFAULT;

-- view: security barrier | {}-options | seen WHERE kind = 'v'
ALTER VIEW {ref} SET (security_barrier = {CASE WHEN options::text ~ 'barrier=true' THEN 'false' ELSE 'true' END});

-- view: security invoker | {}-options | seen WHERE kind = 'v'
ALTER VIEW {ref} SET (security_invoker = {CASE WHEN options::text ~ 'invoker=true' THEN 'false' ELSE 'true' END});

-- view: check option | {}-options | seen WHERE kind = 'v' AND options::text ~ 'check_option'
ALTER VIEW {ref} SET (check_option = cascaded);

-- view: check option dropped | {}-options | seen WHERE kind = 'v' AND options::text ~ 'check_option'
ALTER VIEW {ref} RESET (check_option);

-- view made a materialised one | view-kind table-kind view-missing materialized-view-unexpected
--   | seen WHERE kind = 'v' AND NOT used
DROP VIEW {ref} CASCADE; CREATE MATERIALIZED VIEW {ref} AS {def};

-- view made a table | view-kind table-kind view-missing table-unexpected | seen WHERE kind = 'v' AND NOT used
DROP VIEW {ref} CASCADE; CREATE TABLE {ref} AS {def};

-- materialised view shows fewer rows | {}-definition | seen WHERE kind = 'm'
DROP MATERIALIZED VIEW {ref} CASCADE; CREATE MATERIALIZED VIEW {ref} AS SELECT * FROM ({def}) AS old LIMIT 5;

-- materialised view: storage parameter | {}-options | seen WHERE kind = 'm'
ALTER MATERIALIZED VIEW {ref} SET (fillfactor = 42);

-- materialised view emptied, so that it cannot be read | {}-populated {}-not-populated
--   | seen WHERE kind = 'm' AND filled
REFRESH MATERIALIZED VIEW {ref} WITH NO DATA;

-- materialised view in another tablespace | {}-tablespace table-tablespace | seen WHERE kind = 'm'
ALTER MATERIALIZED VIEW {ref} SET TABLESPACE bench_space;
