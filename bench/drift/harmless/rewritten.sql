-- The same thing, written otherwise or made anew.

-- column rewritten with the same type | - | plain_col
{format('ALTER TABLE %s ALTER %s TYPE %s', ref, quoted, type) || CASE WHEN collated > 0 THEN (SELECT
    format(' COLLATE %I.%I', nspname, collname) FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid =
    collnamespace WHERE c.oid = collated) ELSE '' END};

-- varchar written for character varying | -
--   | col WHERE own AND NOT pinned AND base = 'varchar' AND modifier > 0 AND collated = 100
ALTER TABLE {ref} ALTER {quoted} TYPE VARCHAR({modifier - 4});

-- default written anew | - | col WHERE own AND expression IS NOT NULL AND generated = ''
ALTER TABLE {ref} ALTER {quoted} SET DEFAULT {expression};

-- CURRENT_TIMESTAMP written for now() | - | col WHERE own AND expression = 'now()'
ALTER TABLE {ref} ALTER {quoted} SET DEFAULT CURRENT_TIMESTAMP;

-- now() in brackets and with its schema | - | col WHERE own AND expression = 'now()'
ALTER TABLE {ref} ALTER {quoted} SET DEFAULT (pg_catalog.now());

-- constraint made anew from its print | - | free_con WHERE comment IS NULL AND def !~ 'NOT VALID' AND type <> 'x'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {def};

-- index made anew from its print | -
--   | idx WHERE own AND NOT constrained AND NOT identity AND comment IS NULL AND NOT clustered AND name <>
--     'uq_ix_animal_upper'
DROP INDEX {ref}; {def};

-- view made anew from its print | - | seen WHERE kind = 'v'
{'CREATE OR REPLACE VIEW ' || ref || coalesce(' WITH (' || array_to_string(options, ', ') || ')', '') || ' AS ' ||
    def};

-- function made anew from its print | - | routine WHERE kind <> 'a'
{def};

-- trigger made anew from its print | - | trig WHERE comment IS NULL AND enabled = 'O'
DROP TRIGGER {quoted} ON {ref}; {def};

-- column renamed and back | - | col WHERE own
ALTER TABLE {ref} RENAME {quoted} TO bench_new; ALTER TABLE {ref} RENAME bench_new TO {quoted};

-- owner's grants written out | - | relation WHERE kind IN ('r', 'p', 'v', 'm') AND acl IS NULL
GRANT ALL ON {ref} TO CURRENT_USER;

-- function's grant to everybody written out | - | routine WHERE acl IS NULL
GRANT EXECUTE ON ROUTINE {ref} TO PUBLIC;

-- schema's owner granted what he has | - | mine WHERE managed AND acl IS NULL
GRANT ALL ON SCHEMA {ref} TO CURRENT_USER;

-- trigger switched off and on | - | trig WHERE kind IN ('r', 'p') AND enabled = 'O'
ALTER TABLE {ref} DISABLE TRIGGER {quoted}; ALTER TABLE {ref} ENABLE TRIGGER {quoted};

-- partition detached and attached again | - | tab WHERE partition AND NOT parent
{(SELECT format('ALTER TABLE %s DETACH PARTITION %s; ALTER TABLE %s ATTACH PARTITION %s %s', inhparent::regclass,
    ref, inhparent::regclass, ref, pg_get_expr(relpartbound, inhrelid)) FROM pg_inherits JOIN pg_class ON
    pg_class.oid = inhrelid WHERE inhrelid = tab.oid)};
