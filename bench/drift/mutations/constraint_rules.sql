-- Changes to foreign keys and checks.

-- foreign key: ON DELETE CASCADE | {}-changed | foreign_key WHERE def !~ 'ON DELETE CASCADE'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base}{regexp_replace(actions,
    ' ON DELETE [A-Z ]+$', '')} ON DELETE CASCADE;

-- foreign key: ON DELETE SET NULL | {}-changed | foreign_key WHERE def !~ 'ON DELETE SET NULL'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base}{regexp_replace(actions,
    ' ON DELETE [A-Z ]+$', '')} ON DELETE SET NULL;

-- foreign key: ON DELETE RESTRICT | {}-changed | foreign_key WHERE def !~ 'ON DELETE RESTRICT'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base}{regexp_replace(actions,
    ' ON DELETE [A-Z ]+$', '')} ON DELETE RESTRICT;

-- foreign key: ON DELETE dropped | {}-changed | foreign_key WHERE def ~ 'ON DELETE'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base}{regexp_replace(actions,
    ' ON DELETE [A-Z ]+$', '')};

-- foreign key: ON UPDATE CASCADE | {}-changed | foreign_key WHERE def !~ 'ON UPDATE'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base} ON UPDATE CASCADE{actions};

-- foreign key: ON UPDATE dropped | {}-changed | foreign_key WHERE def ~ 'ON UPDATE'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base}{regexp_replace(actions,
    '^ ON UPDATE [A-Z ]+?( ON DELETE .*)?$', '\1')};

-- foreign key: MATCH FULL | {}-changed | foreign_key WHERE match = 's'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base} MATCH FULL{actions};

-- foreign key made deferrable | {}-changed | con WHERE own AND type = 'f' AND NOT delayed
ALTER TABLE {ref} ALTER CONSTRAINT {quoted} DEFERRABLE INITIALLY DEFERRED;

-- foreign key made not deferrable | {}-changed | con WHERE own AND type = 'f' AND delayed
ALTER TABLE {ref} ALTER CONSTRAINT {quoted} NOT DEFERRABLE;

-- foreign key initially deferred | {}-changed | con WHERE own AND type = 'f' AND delayed AND def !~ 'INITIALLY'
ALTER TABLE {ref} ALTER CONSTRAINT {quoted} DEFERRABLE INITIALLY DEFERRED;

-- foreign key not validated | {}-not-validated | foreign_key WHERE kind = 'r'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base}{actions} NOT VALID;

-- foreign key not enforced | {}-changed | foreign_key | since: 18
ALTER TABLE {ref} ALTER CONSTRAINT {quoted} NOT ENFORCED;

-- foreign key enforced | {}-changed | con WHERE own AND type = 'f' AND def ~ 'NOT ENFORCED' | since: 18
ALTER TABLE {ref} ALTER CONSTRAINT {quoted} ENFORCED;

-- foreign key to another table | {}-changed | foreign_key WHERE cardinality(keys) = 1 AND kind = 'r'
CREATE TABLE public.bench_other (id bigint PRIMARY KEY);
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {split_part(base, ' REFERENCES ', 1)} REFERENCES
    public.bench_other{actions};

-- foreign key switched off on its table | foreign-key-disabled trigger-enabled | foreign_key WHERE kind = 'r'
ALTER TABLE {ref} DISABLE TRIGGER ALL;

-- foreign key switched off on the table it points to | foreign-key-disabled trigger-enabled
--   | foreign_key AS con WHERE kind = 'r'
ALTER TABLE {(SELECT confrelid::regclass FROM pg_constraint WHERE pg_constraint.oid = con.oid)} DISABLE TRIGGER ALL;

-- foreign key's trigger for replicas only | foreign-key-disabled trigger-enabled
--   | foreign_key AS con WHERE kind = 'r'
ALTER TABLE {ref} ENABLE REPLICA TRIGGER {(SELECT min(tgname::text) FROM pg_trigger WHERE tgconstraint = con.oid AND
    tgrelid = relid)!I};

-- check weakened | {}-changed | check_con WHERE def !~ 'NOT (VALID|ENFORCED)$'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} CHECK ({regexp_replace(regexp_replace(def,
    '^CHECK ', ''), ' NO INHERIT$', '')} OR false IS NULL);

-- check with another constant | {}-changed
--   | check_con WHERE def ~ '[1-9]' AND def !~ 'NOT (VALID|ENFORCED)$' AND def !~ '"'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {regexp_replace(def, '[1-9]', '7')};

-- check's list lost a value | {}-changed | check_con WHERE def ~ ', ''\w+''::'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {regexp_replace(def, ', ''\w+''::[a-z ]+', '')};

-- check not validated | {}-not-validated | check_con WHERE def !~ 'NOT (VALID|ENFORCED)$'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {def} NOT VALID;

-- check validated | {}-not-validated {}-validated | check_con WHERE def ~ 'NOT VALID$'
ALTER TABLE {ref} VALIDATE CONSTRAINT {quoted};

-- check not inherited | {}-changed
--   | check_con WHERE NOT alone AND kind = 'r' AND NOT parent AND def !~ 'NOT (VALID|ENFORCED)$'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {def} NO INHERIT;

-- check inherited | {}-changed | check_con WHERE alone
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {replace(def, ' NO INHERIT', '')};

-- check not enforced | {}-changed | check_con WHERE def !~ 'NOT (VALID|ENFORCED)$' | since: 18
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {def} NOT ENFORCED;

-- check enforced | {}-changed | check_con WHERE def ~ 'NOT ENFORCED$' | since: 18
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {replace(def, ' NOT ENFORCED', '')};
