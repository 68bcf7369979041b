-- Changes to indexes: their parameters, state and place.

-- index: storage parameter set | {}-changed
--   | free_idx WHERE method IN ('btree', 'hash') AND options IS NULL AND NOT partitioned
ALTER INDEX {ref} SET (fillfactor = 42);

-- index: storage parameter reset | {}-changed | free_idx WHERE options IS NOT NULL
ALTER INDEX {ref} RESET (fillfactor);

-- index: GIN without fast update | {}-changed | free_idx WHERE method = 'gin'
ALTER INDEX {ref} SET (fastupdate = off);

-- index: BRIN summarises by itself | {}-changed | free_idx WHERE method = 'brin'
ALTER INDEX {ref} SET (pages_per_range = 8, autosummarize = on);

-- index: statistics target of its expression | {}-changed {}-statistics | free_idx WHERE computed
ALTER INDEX {ref} ALTER COLUMN 1 SET STATISTICS 321;

-- index invalid | {}-invalid | free_idx WHERE NOT partitioned
UPDATE pg_index SET indisvalid = false WHERE indexrelid = {ref!L}::regclass;

-- index not ready | {}-invalid | free_idx WHERE NOT partitioned
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = {ref!L}::regclass;

-- constraint's index invalid | {}-invalid unique-index-invalid index-invalid {}-changed
--   | idx WHERE constrained AND own AND kind = 'r'
UPDATE pg_index SET indisvalid = false WHERE indexrelid = {ref!L}::regclass;

-- table clustered on another index | {}-clustered index-clustered unique-index-clustered
--   | idx WHERE NOT clustered AND kind IN ('r', 'm') AND method = 'btree' AND NOT partial
ALTER TABLE {tab_ref} CLUSTER ON {quoted};

-- table no longer clustered | {}-clustered index-clustered unique-index-clustered | idx WHERE clustered
ALTER TABLE {tab_ref} SET WITHOUT CLUSTER;

-- index in another tablespace | {}-tablespace index-tablespace unique-index-tablespace
--   | idx WHERE NOT partitioned AND kind = 'r'
ALTER INDEX {ref} SET TABLESPACE bench_space;

-- index made a constraint | unique-index-constraint unique-index-missing unique-unexpected
--   | free_idx WHERE uniq AND NOT partial AND NOT computed AND kind = 'r' AND NOT partitioned
ALTER TABLE {tab_ref} ADD CONSTRAINT {quoted} UNIQUE USING INDEX {quoted};

-- index comment set | {}-comment | free_idx WHERE comment IS NULL
COMMENT ON INDEX {ref} IS 'it''s new';

-- index comment removed | {}-comment | free_idx WHERE comment IS NOT NULL
COMMENT ON INDEX {ref} IS NULL;
