-- Changes to indexes that belong to no constraint: what they are made of.

-- index dropped | {}-missing | free_idx
DROP INDEX {ref};

-- index renamed | {}-missing {}-renamed | free_idx
ALTER INDEX {ref} RENAME TO bench_new;

-- index added | index-unexpected
--   | col WHERE num = 1 AND kind IN ('r', 'm') AND base IN ('int4', 'int8', 'text', 'varchar')
--   | names: ARRAY[schema, 'bench_new']
CREATE INDEX bench_new ON {ref} ({quoted});

-- unique index added | unique-index-unexpected
--   | col WHERE num = 1 AND kind = 'r' AND base IN ('int4', 'int8', 'text', 'varchar')
--   | names: ARRAY[schema, 'bench_new']
CREATE UNIQUE INDEX bench_new ON {ref} ({quoted});

-- invalid copy left behind | {}-unexpected {}-invalid | free_idx WHERE NOT partitioned
--   | names: ARRAY[schema, 'bench_ccnew']
{replace(def, quoted || ' ON', 'bench_ccnew ON')};
UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = {format('%I.bench_ccnew',
    schema)!L}::regclass;

-- index made unique | index-changed index-missing unique-index-unexpected
--   | free_idx WHERE NOT uniq AND method = 'btree' AND NOT partitioned
DROP INDEX {ref}; {replace(def, 'CREATE INDEX', 'CREATE UNIQUE INDEX')};

-- index made not unique | unique-index-changed unique-index-missing index-unexpected | free_idx WHERE uniq
DROP INDEX {ref}; {replace(replace(def, 'UNIQUE ', ''), ' NULLS NOT DISTINCT', '')};

-- index: nulls not distinct | {}-changed | free_idx WHERE uniq AND def !~ 'NULLS NOT DISTINCT' AND NOT partial
DROP INDEX {ref}; {def || ' NULLS NOT DISTINCT'};

-- index: nulls distinct | {}-changed | free_idx WHERE uniq AND def ~ 'NULLS NOT DISTINCT'
DROP INDEX {ref}; {replace(def, ' NULLS NOT DISTINCT', '')};

-- index: descending | {}-changed | free_idx WHERE simple
DROP INDEX {ref}; {regexp_replace(def, '\)$', ' DESC)')};

-- index: ascending | {}-changed | free_idx WHERE def ~ ' DESC( NULLS LAST)?\)'
DROP INDEX {ref}; {regexp_replace(def, ' DESC( NULLS LAST)?\)', ')')};

-- index: nulls first | {}-changed | free_idx WHERE simple
DROP INDEX {ref}; {regexp_replace(def, '\)$', ' NULLS FIRST)')};

-- index: one more column | {}-changed | free_idx WHERE simple
DROP INDEX {ref}; {regexp_replace(def, '\((.*)\)$', '(\1, \1)')};

-- index: columns in another order | {}-changed | free_idx WHERE simple AND def ~ '\([^,()]+, [^,()]+\)$'
DROP INDEX {ref}; {regexp_replace(def, '\(([^,()]+), ([^,()]+)\)$', '(\2, \1)')};

-- index: another method | {}-changed | free_idx WHERE (simple AND NOT uniq AND indnatts = 1 OR method = 'hash')
DROP INDEX {ref};
{CASE method WHEN 'hash' THEN replace(def, 'USING hash', 'USING btree') ELSE replace(def, 'USING btree',
    'USING hash') END};

-- index: another operator class | {}-changed | free_idx WHERE simple AND last_type IN ('text', 'varchar')
DROP INDEX {ref}; {regexp_replace(def, '\)$', ' text_pattern_ops)')};

-- index: a type's own operator class | {}-changed | free_idx WHERE def ~ '_ops'
DROP INDEX {ref}; {regexp_replace(def, ' \w+_ops', '')};

-- index: another collation | {}-changed | free_idx WHERE simple AND last_type IN ('text', 'varchar')
DROP INDEX {ref}; {regexp_replace(def, '\)$', ' COLLATE "POSIX")')};

-- index: an expression instead of a column | {}-changed
--   | free_idx WHERE simple AND indnatts = 1 AND last_type IN ('text', 'varchar')
DROP INDEX {ref}; {regexp_replace(def, '\((.*)\)$', '(upper(\1::text))')};

-- index: another expression | {}-changed | free_idx WHERE computed
DROP INDEX {ref};
{CASE WHEN def ~ 'lower\(' THEN replace(def, 'lower(', 'upper(') ELSE replace(def, 'upper(', 'lower(') END};

-- index: predicate added | {}-changed | free_idx WHERE NOT partial AND NOT partitioned AND kind = 'r'
DROP INDEX {ref};
{format('%s WHERE %I IS NOT NULL', def, (SELECT attname FROM pg_attribute WHERE attrelid = relid AND attnum = 1))};

-- index: predicate dropped | {}-changed | free_idx WHERE partial
DROP INDEX {ref}; {regexp_replace(def, ' WHERE .*$', '')};

-- index: predicate changed | {}-changed | free_idx WHERE partial
DROP INDEX {ref}; {regexp_replace(def, ' WHERE (.*)$', ' WHERE NOT (\1)')};

-- index: INCLUDE added | {}-changed
--   | free_idx WHERE method = 'btree' AND NOT partial AND indnatts = indnkeyatts AND def ~ '\)$' AND def !~ 'WITH \('
--     AND NOT computed
DROP INDEX {ref};
{format('%s INCLUDE (%I)', def, (SELECT attname FROM pg_attribute WHERE attrelid = relid AND attnum = 1))};

-- index: INCLUDE dropped | {}-changed | free_idx WHERE indnatts > indnkeyatts
DROP INDEX {ref}; {regexp_replace(def, ' INCLUDE \([^)]*\)', '')};
