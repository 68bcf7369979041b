-- Changes to columns: how they are stored, planned, described, and who may use them.

-- column storage | column-storage | real_col WHERE toastable AND storage <> 'm'
ALTER TABLE {ref} ALTER {quoted} SET STORAGE MAIN;

-- column storage plain | column-storage | real_col WHERE toastable AND storage <> 'p'
ALTER TABLE {ref} ALTER {quoted} SET STORAGE PLAIN;

-- column compression set | column-compression | real_col WHERE toastable AND compression = ''
ALTER TABLE {ref} ALTER {quoted} SET COMPRESSION pglz;

-- column compression reset | column-compression | real_col WHERE compression <> ''
ALTER TABLE {ref} ALTER {quoted} SET COMPRESSION default;

-- column statistics target set | column-statistics | real_col WHERE target < 0
ALTER TABLE {ref} ALTER {quoted} SET STATISTICS 1000;

-- column statistics switched off | column-statistics | real_col WHERE target <> 0
ALTER TABLE {ref} ALTER {quoted} SET STATISTICS 0;

-- column statistics target reset | column-statistics | real_col WHERE target > 0
ALTER TABLE {ref} ALTER {quoted} SET STATISTICS -1;

-- column options set | column-options | real_col WHERE options IS NULL
ALTER TABLE {ref} ALTER {quoted} SET (n_distinct = 7);

-- column options reset | column-options | real_col WHERE options IS NOT NULL
ALTER TABLE {ref} ALTER {quoted} RESET (n_distinct);

-- column comment set | column-comment | col WHERE comment IS NULL
COMMENT ON COLUMN {ref}.{quoted} IS {E'it''s \\ "50%"\nnew'!L};

-- column comment changed | column-comment | col WHERE comment IS NOT NULL
COMMENT ON COLUMN {ref}.{quoted} IS {comment || '.'!L};

-- column comment removed | column-comment | col WHERE comment IS NOT NULL
COMMENT ON COLUMN {ref}.{quoted} IS NULL;

-- column granted to PUBLIC | column-privileges | col WHERE acl IS NULL
GRANT SELECT ({quoted}) ON {ref} TO PUBLIC;

-- column granted to another role | column-privileges | col WHERE acl IS NULL
GRANT UPDATE ({quoted}) ON {ref} TO bench_stranger;

-- column grant revoked | column-privileges | col WHERE acl IS NOT NULL
REVOKE ALL ({quoted}) ON {ref} FROM PUBLIC, {(SELECT string_agg(grantee::regrole::text, ', ') FROM aclexplode(acl)
    WHERE grantee <> 0)};

-- foreign column options | column-options | col WHERE kind = 'f'
ALTER FOREIGN TABLE {ref} ALTER {quoted} OPTIONS (ADD bench '1');

-- foreign column type | column-type | col WHERE kind = 'f' AND base = 'text'
ALTER FOREIGN TABLE {ref} ALTER {quoted} TYPE varchar(9);

-- foreign column dropped | column-missing | col WHERE kind = 'f'
ALTER FOREIGN TABLE {ref} DROP {quoted} CASCADE;

-- foreign column added | column-unexpected | relation WHERE kind = 'f' | new: bench_new
ALTER FOREIGN TABLE {ref} ADD bench_new text;
