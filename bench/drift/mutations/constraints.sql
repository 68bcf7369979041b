-- Changes to constraints.

-- primary key dropped | {}-missing | con WHERE own AND type = 'p'
ALTER TABLE {ref} DROP CONSTRAINT {quoted} CASCADE;

-- unique constraint dropped | {}-missing | con WHERE own AND type = 'u'
ALTER TABLE {ref} DROP CONSTRAINT {quoted} CASCADE;

-- foreign key dropped | {}-missing | con WHERE own AND type = 'f'
ALTER TABLE {ref} DROP CONSTRAINT {quoted} CASCADE;

-- check dropped | {}-missing | check_con
ALTER TABLE {ref} DROP CONSTRAINT {quoted} CASCADE;

-- exclusion constraint dropped | {}-missing | con WHERE own AND type = 'x'
ALTER TABLE {ref} DROP CONSTRAINT {quoted} CASCADE;

-- primary key renamed | {}-missing {}-renamed | con WHERE own AND type = 'p'
ALTER TABLE {ref} RENAME CONSTRAINT {quoted} TO bench_new;

-- unique constraint renamed | {}-missing {}-renamed | con WHERE own AND type = 'u'
ALTER TABLE {ref} RENAME CONSTRAINT {quoted} TO bench_new;

-- foreign key renamed | {}-missing {}-renamed | con WHERE own AND type = 'f'
ALTER TABLE {ref} RENAME CONSTRAINT {quoted} TO bench_new;

-- check renamed | {}-missing {}-renamed | check_con
ALTER TABLE {ref} RENAME CONSTRAINT {quoted} TO bench_new;

-- exclusion constraint renamed | {}-missing {}-renamed | con WHERE own AND type = 'x'
ALTER TABLE {ref} RENAME CONSTRAINT {quoted} TO bench_new;

-- check added | check-unexpected | tab WHERE NOT partition | new: bench_new
ALTER TABLE {ref} ADD CONSTRAINT bench_new CHECK (true);

-- check added to a partition | check-unexpected | tab WHERE partition | new: bench_new
ALTER TABLE {ref} ADD CONSTRAINT bench_new CHECK (true);

-- unique constraint added | unique-unexpected | tab WHERE kind = 'r' AND first_column IS NOT NULL | new: bench_new
ALTER TABLE {ref} ADD CONSTRAINT bench_new UNIQUE ({first_column});

-- primary key added | primary-key-unexpected
--   | tab WHERE kind = 'r' AND NOT child AND NOT EXISTS (SELECT FROM con WHERE relid = tab.oid AND type = 'p') AND
--     first_column IS NOT NULL | new: bench_new
ALTER TABLE {ref} ADD CONSTRAINT bench_new PRIMARY KEY ({first_column});

-- foreign key added | foreign-key-unexpected | con WHERE type = 'p' AND cardinality(keys) = 1 AND kind = 'r'
--   | names: ARRAY[schema, tab, 'bench_new']
ALTER TABLE {ref} ADD CONSTRAINT bench_new FOREIGN KEY ({reversed}) REFERENCES {ref};

-- exclusion constraint added | exclusion-unexpected | col WHERE own AND kind = 'r' AND base = 'int4' AND num = 1
--   | names: ARRAY[schema, tab, 'bench_new']
ALTER TABLE {ref} ADD CONSTRAINT bench_new EXCLUDE ({quoted} WITH =);

-- primary key made deferrable | {}-changed | free_con WHERE type = 'p' AND NOT delayed
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base} DEFERRABLE;

-- primary key made a unique constraint | {}-missing {}-changed | free_con WHERE type = 'p'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {replace(base, 'PRIMARY KEY', 'UNIQUE')};

-- primary key made an index | {}-missing unique-index-constraint unique-index-unexpected
--   | free_con WHERE type = 'p' AND kind = 'r'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}; CREATE UNIQUE INDEX {quoted} ON {ref} {substr(base, strpos(base, '('))};

-- primary key with its columns in another order | {}-changed
--   | free_con WHERE type = 'p' AND cardinality(keys) > 1 AND kind = 'r'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} PRIMARY KEY ({reversed});

-- unique constraint with its columns in another order | {}-changed
--   | free_con WHERE type = 'u' AND cardinality(keys) > 1 AND base !~ '(INCLUDE|WITHOUT)'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} UNIQUE ({reversed});

-- unique constraint made deferrable | {}-changed | free_con WHERE type = 'u' AND NOT delayed
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base} DEFERRABLE INITIALLY DEFERRED;

-- unique constraint made not deferrable | {}-changed | free_con WHERE type = 'u' AND delayed
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base};

-- unique constraint: nulls not distinct | {}-changed
--   | free_con WHERE type = 'u' AND base !~ '(NULLS NOT DISTINCT|WITHOUT)'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {replace(base, 'UNIQUE',
    'UNIQUE NULLS NOT DISTINCT')};

-- unique constraint: nulls distinct | {}-changed | free_con WHERE type = 'u' AND base ~ 'NULLS NOT DISTINCT'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {replace(base, 'NULLS NOT DISTINCT ', '')};

-- unique constraint: INCLUDE dropped | {}-changed | free_con WHERE type = 'u' AND base ~ 'INCLUDE'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {regexp_replace(base, ' INCLUDE .*', '')};

-- unique constraint: one more column | {}-changed
--   | free_con WHERE type = 'u' AND base ~ '^UNIQUE \([^,]*\)$' AND base !~ 'WITHOUT'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {regexp_replace(base, '\)$', format(', %I)',
    (SELECT attname FROM pg_attribute WHERE attrelid = relid AND attnum > 0 AND NOT attnum = ANY (keys) ORDER BY
    attnum LIMIT 1)))};

-- unique constraint: storage parameters | {}-changed index-changed unique-index-changed
--   | con WHERE type IN ('u', 'p') AND kind = 'r' AND base !~ 'WITHOUT'
ALTER INDEX {schema_ref}.{quoted} SET (fillfactor = 55);

-- unique constraint made an index | {}-missing unique-index-constraint unique-index-unexpected
--   | free_con WHERE type = 'u' AND NOT delayed AND base !~ 'WITHOUT'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}; CREATE UNIQUE INDEX {quoted} ON {ref} {substr(base, strpos(base, '('))};

-- WITHOUT OVERLAPS dropped | {}-changed | con WHERE own AND type = 'u' AND base ~ 'WITHOUT' | since: 18
ALTER TABLE {ref} DROP CONSTRAINT {quoted} CASCADE, ADD CONSTRAINT {quoted} UNIQUE {replace(substr(base, strpos(base,
    '(')), ' WITHOUT OVERLAPS', '')};

-- exclusion constraint with another operator | {}-changed | free_con WHERE type = 'x'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {replace(base, 'WITH &&', 'WITH ~=')};

-- exclusion constraint with a condition | {}-changed | free_con WHERE type = 'x'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base} WHERE (id > 5);

-- exclusion constraint made deferrable | {}-changed | free_con WHERE type = 'x'
ALTER TABLE {ref} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {base} DEFERRABLE;

-- constraint comment set | {}-comment | con WHERE comment IS NULL
COMMENT ON CONSTRAINT {quoted} ON {ref} IS {'it''s new'!L};

-- constraint comment removed | {}-comment | con WHERE comment IS NOT NULL
COMMENT ON CONSTRAINT {quoted} ON {ref} IS NULL;
