-- Changes to triggers, rules and event triggers.

-- trigger dropped | trigger-missing | trig
DROP TRIGGER {quoted} ON {ref};

-- trigger renamed | trigger-missing trigger-renamed | trig
ALTER TRIGGER {quoted} ON {ref} RENAME TO bench_new;

-- trigger added | trigger-unexpected | tab | new: bench_new
CREATE FUNCTION public.bench_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER bench_new BEFORE INSERT ON {ref} FOR EACH ROW EXECUTE FUNCTION public.bench_trigger();

-- constraint trigger added | trigger-unexpected | tab | new: bench_new
CREATE FUNCTION public.bench_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER bench_new AFTER INSERT ON {ref} FOR EACH ROW EXECUTE FUNCTION public.bench_trigger();

-- trigger switched off | trigger-enabled | trig WHERE kind IN ('r', 'p')
ALTER TABLE {ref} DISABLE TRIGGER {quoted};

-- trigger for replicas only | trigger-enabled | trig WHERE kind IN ('r', 'p')
ALTER TABLE {ref} ENABLE REPLICA TRIGGER {quoted};

-- trigger always | trigger-enabled | trig WHERE kind IN ('r', 'p') AND enabled <> 'A'
ALTER TABLE {ref} ENABLE ALWAYS TRIGGER {quoted};

-- trigger at another time | {}-definition | row_trig WHERE def !~ 'REFERENCING'
DROP TRIGGER {quoted} ON {ref};
{CASE WHEN def ~ ' BEFORE ' THEN replace(def, ' BEFORE ', ' AFTER ') ELSE replace(def, ' AFTER ', ' BEFORE ') END};

-- trigger on another event | {}-definition | row_trig WHERE def !~ '(REFERENCING|WHEN)'
DROP TRIGGER {quoted} ON {ref};
{replace(replace(def, ' BEFORE ', ' BEFORE DELETE OR '), ' AFTER ', ' AFTER DELETE OR ')};

-- trigger for each statement | {}-definition | row_trig WHERE def !~ 'WHEN'
DROP TRIGGER {quoted} ON {ref}; {replace(def, 'FOR EACH ROW', 'FOR EACH STATEMENT')};

-- trigger without its condition | {}-definition | trig WHERE def ~ ' WHEN '
DROP TRIGGER {quoted} ON {ref}; {regexp_replace(def, ' WHEN \(.*\) EXECUTE', ' EXECUTE')};

-- trigger with a condition | {}-definition | row_trig WHERE def !~ ' WHEN '
DROP TRIGGER {quoted} ON {ref}; {replace(def, ' EXECUTE', ' WHEN (pg_trigger_depth() = 0) EXECUTE')};

-- trigger on any column | {}-definition | trig WHERE def ~ 'UPDATE OF'
DROP TRIGGER {quoted} ON {ref}; {regexp_replace(def, 'UPDATE OF [a-z, ]+ ON', 'UPDATE ON')};

-- trigger with other arguments | {}-definition | trig
DROP TRIGGER {quoted} ON {ref}; {regexp_replace(def, '\([^()]*\)$', '(''bench'')')};

-- trigger calls another function | {}-definition | trig WHERE kind = 'r'
CREATE FUNCTION public.bench_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
DROP TRIGGER {quoted} ON {ref};
{regexp_replace(def, 'EXECUTE FUNCTION [\w.]+', 'EXECUTE FUNCTION public.bench_trigger')};

-- constraint trigger not deferrable | {}-definition | trig WHERE bound
DROP TRIGGER {quoted} ON {ref}; {replace(replace(def, ' DEFERRABLE', ''), ' INITIALLY DEFERRED', '')};

-- trigger comment set | trigger-comment | trig WHERE comment IS NULL
COMMENT ON TRIGGER {quoted} ON {ref} IS 'new';

-- trigger comment removed | trigger-comment | trig WHERE comment IS NOT NULL
COMMENT ON TRIGGER {quoted} ON {ref} IS NULL;

-- rule dropped | rule-missing | rul
DROP RULE {quoted} ON {ref};

-- rule renamed | rule-missing rule-renamed | rul
ALTER RULE {quoted} ON {ref} RENAME TO bench_new;

-- rule added | rule-unexpected | tab WHERE kind = 'r' | new: bench_new
CREATE RULE bench_new AS ON DELETE TO {ref} WHERE false DO INSTEAD NOTHING;

-- rule switched off | rule-enabled | rul WHERE kind = 'r'
ALTER TABLE {ref} DISABLE RULE {quoted};

-- rule changed | rule-definition | rul
CREATE OR REPLACE RULE {quoted} AS ON UPDATE TO {ref} DO INSTEAD NOTHING;

-- rule comment | rule-comment | rul
COMMENT ON RULE {quoted} ON {ref} IS {coalesce(comment || '.', 'new')!L};

-- event trigger dropped | event-trigger-missing | event
DROP EVENT TRIGGER {quoted};

-- event trigger switched off | event-trigger-enabled | event
ALTER EVENT TRIGGER {quoted} DISABLE;

-- event trigger always | event-trigger-enabled | event
ALTER EVENT TRIGGER {quoted} ENABLE ALWAYS;

-- event trigger for every command | event-trigger-definition | event
DROP EVENT TRIGGER {quoted}; CREATE EVENT TRIGGER {quoted} ON {evtevent} EXECUTE FUNCTION {called}();

-- event trigger at another event | event-trigger-definition | event
DROP EVENT TRIGGER {quoted};
CREATE EVENT TRIGGER {quoted} ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION
    {called}();

-- event trigger added that calls our function | event-trigger-unexpected | event | name: bench_new
--   | lost: what no model knows is never dropped
CREATE EVENT TRIGGER bench_new ON sql_drop EXECUTE FUNCTION {called}();

-- event trigger comment removed | event-trigger-comment | event
COMMENT ON EVENT TRIGGER {quoted} IS NULL;
