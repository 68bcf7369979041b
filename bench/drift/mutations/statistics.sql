-- Changes to extended statistics and publications.

-- statistics dropped | statistics-missing | stat
DROP STATISTICS {ref};

-- statistics renamed | statistics-missing statistics-renamed | stat
ALTER STATISTICS {ref} RENAME TO bench_new;

-- statistics added | statistics-unexpected | two WHERE next IS NOT NULL | names: ARRAY[schema, 'bench_new']
CREATE STATISTICS {schema!I}.bench_new ON {quoted}, {next} FROM {ref};

-- statistics of another kind | statistics-definition | stat WHERE NOT computed
DROP STATISTICS {ref}; {regexp_replace(def, '\([a-z, ]+\)', '(mcv)')};

-- statistics with one column more | statistics-definition | stat
DROP STATISTICS {ref}; {replace(def, ' FROM', ', born FROM')};

-- statistics over another expression | statistics-definition | stat WHERE computed
DROP STATISTICS {ref}; {replace(def, 'lower(', 'upper(')};

-- statistics target | statistics-definition | stat
ALTER STATISTICS {ref} SET STATISTICS 777;

-- statistics owner | statistics-owner | stat
ALTER STATISTICS {ref} OWNER TO bench_stranger;

-- statistics comment | statistics-comment | stat
COMMENT ON STATISTICS {ref} IS {coalesce(comment || '.', 'new')!L};

-- publication dropped | publication-missing | pub
DROP PUBLICATION {ref};

-- publication renamed | publication-missing publication-renamed | pub
ALTER PUBLICATION {ref} RENAME TO bench_new;

-- publication of our table added | publication-unexpected | tab WHERE kind = 'r' AND persistence = 'p'
--   | name: bench_new | lost: what no model knows is never dropped
CREATE PUBLICATION bench_new FOR TABLE {ref};

-- publication with another table | publication-definition | pub WHERE tab IS NOT NULL
ALTER PUBLICATION {ref} ADD TABLE {(SELECT tab.ref FROM tab WHERE kind = 'r' AND persistence = 'p' AND NOT EXISTS
    (SELECT FROM pg_publication_rel WHERE prrelid = tab.oid) ORDER BY tab.ref LIMIT 1)};

-- publication without a table | publication-definition | pub WHERE tab IS NOT NULL
ALTER PUBLICATION {ref} DROP TABLE {tab};

-- publication of all columns and rows | publication-definition | pub WHERE tab IS NOT NULL
ALTER PUBLICATION {ref} SET TABLE zoo.animal, zoo.feeding;

-- publication with another filter | publication-definition | pub WHERE tab IS NOT NULL
ALTER PUBLICATION {ref} SET TABLE zoo.animal (id, name), zoo.feeding WHERE (kilograms > 2);

-- publication of a schema more | publication-definition | pub WHERE of_schemas
ALTER PUBLICATION {ref} ADD TABLES IN SCHEMA public;

-- publication without a schema | publication-definition | pub WHERE of_schemas
ALTER PUBLICATION {ref} DROP TABLES IN SCHEMA zoo;

-- publication of other commands | publication-definition | pub WHERE NOT pubdelete OR NOT pubtruncate OR pubinsert
ALTER PUBLICATION {ref} SET (publish = 'delete');

-- publication via the root | publication-definition | pub
ALTER PUBLICATION {ref} SET (publish_via_partition_root = {CASE WHEN pubviaroot THEN 'false' ELSE 'true' END});

-- publication of generated columns | publication-definition | pub | since: 18
ALTER PUBLICATION {ref} SET (publish_generated_columns = stored);

-- publication owner | publication-owner | pub WHERE NOT of_schemas
DO $do$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO bench_stranger', current_database()); END $do$; ALTER PUBLICATION {ref} OWNER TO bench_stranger;

-- publication comment | publication-comment | pub
COMMENT ON PUBLICATION {ref} IS 'changed';
