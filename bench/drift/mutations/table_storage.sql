-- Changes to tables: how they are stored, replicated and described.

-- table made unlogged | table-persistence
--   | lone_tab AS tab WHERE persistence = 'p' AND NOT EXISTS (SELECT FROM con WHERE type = 'f' AND (SELECT confrelid
--     FROM pg_constraint WHERE oid = con.oid) = tab.oid AND relid <> tab.oid) AND NOT EXISTS (SELECT FROM
--     pg_publication_rel WHERE prrelid = tab.oid) AND (NOT managed OR schema = 'quantum' OR NOT EXISTS (SELECT FROM
--     pg_publication_namespace WHERE pnnspid = (SELECT oid FROM mine WHERE mine.schema = tab.schema)))
ALTER TABLE {ref} SET UNLOGGED;

-- table made logged | table-persistence | tab WHERE persistence = 'u'
ALTER TABLE {ref} SET LOGGED;

-- table: storage parameter set | table-options | tab WHERE kind = 'r'
ALTER TABLE {ref} SET (fillfactor = 42);

-- table: autovacuum switched off | table-options | tab WHERE kind = 'r' AND options IS NULL
ALTER TABLE {ref} SET (autovacuum_enabled = false);

-- table: TOAST parameter set | table-options
--   | tab WHERE kind = 'r' AND EXISTS (SELECT FROM pg_class WHERE oid = tab.oid AND reltoastrelid <> 0)
ALTER TABLE {ref} SET (toast.vacuum_truncate = false);

-- table: storage parameters reset | table-options | tab WHERE options IS NOT NULL
ALTER TABLE {ref} RESET (fillfactor, autovacuum_enabled);

-- table: TOAST parameter reset | table-options | tab WHERE options IS NOT NULL
ALTER TABLE {ref} RESET (toast.autovacuum_enabled);

-- replica identity: all columns | table-replica-identity | tab WHERE identity <> 'f'
ALTER TABLE {ref} REPLICA IDENTITY FULL;

-- replica identity: nothing | table-replica-identity | tab WHERE identity <> 'n'
ALTER TABLE {ref} REPLICA IDENTITY NOTHING;

-- replica identity: default | table-replica-identity | tab WHERE identity <> 'd'
ALTER TABLE {ref} REPLICA IDENTITY DEFAULT;

-- replica identity: an index | table-replica-identity
--   | idx WHERE kind = 'r' AND code = 'primary-key' AND NOT identity | names: ARRAY[schema, tab]
ALTER TABLE {tab_ref} REPLICA IDENTITY USING INDEX {quoted};

-- access method | table-access-method | tab WHERE kind = 'r' AND method = 'heap' AND NOT partition
CREATE ACCESS METHOD bench_heap TYPE TABLE HANDLER heap_tableam_handler;
ALTER TABLE {ref} SET ACCESS METHOD bench_heap;

-- access method back to heap | table-access-method | tab WHERE method <> 'heap'
ALTER TABLE {ref} SET ACCESS METHOD heap;

-- table in another tablespace | table-tablespace | tab
ALTER TABLE {ref} SET TABLESPACE bench_space;

-- table comment set | {}-comment | relation WHERE comment IS NULL
COMMENT ON {word} {ref} IS {'it''s "new"'!L};

-- table comment changed | {}-comment | relation WHERE comment IS NOT NULL
COMMENT ON {word} {ref} IS {comment || '.'!L};

-- table comment removed | {}-comment | relation WHERE comment IS NOT NULL
COMMENT ON {word} {ref} IS NULL;

-- comment on a primary key's index | {}-comment index-comment unique-index-comment {}-index-comment
--   | idx WHERE constrained AND comment IS NULL AND own
COMMENT ON INDEX {ref} IS 'new';
