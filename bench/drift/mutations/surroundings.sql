-- What others do to objects of ours from outside of them, in a schema that is shared.

-- table inherited by other people's | table-inherited | tab WHERE NOT typed AND NOT partition AND kind = 'r'
--   | lost: others may need it: a script never takes it away
CREATE SCHEMA bench_other; CREATE TABLE bench_other.heir () INHERITS ({ref});

-- table shadowed by a schema called like a role | table-shadowed
--   | tab WHERE NOT managed AND NOT typed AND NOT partition AND kind = 'r'
--   | lost: others may need it: a script never takes it away
DO $do$ BEGIN EXECUTE format('CREATE SCHEMA %I', current_user); EXECUTE format('CREATE TABLE %I.{quoted} (id integer)', current_user); END $do$;

-- table shadowed by a search_path | table-shadowed
--   | tab WHERE NOT managed AND NOT typed AND NOT partition AND kind = 'r'
--   | lost: others may need it: a script never takes it away
CREATE SCHEMA bench_other; CREATE TABLE bench_other.{quoted} (id integer);
GRANT USAGE ON SCHEMA bench_other TO PUBLIC; ALTER ROLE bench_stranger LOGIN;
DO $do$ BEGIN EXECUTE format('ALTER ROLE bench_stranger IN DATABASE %I SET search_path = bench_other, public', current_database()); END $do$;

-- cast of a table's rows | cast-unexpected | tab WHERE NOT managed AND NOT typed AND NOT partition AND kind = 'r'
--   | names: ARRAY[name]
CREATE CAST ({ref} AS text) WITH INOUT AS ASSIGNMENT;

-- table published by other people | publication-unexpected
--   | tab WHERE NOT managed AND NOT typed AND NOT partition AND kind = 'r' | name: bench_new
CREATE PUBLICATION bench_new FOR TABLE {ref};

-- shared schema published | publication-unexpected | mine WHERE NOT managed | name: bench_new
CREATE PUBLICATION bench_new FOR TABLES IN SCHEMA {ref};

-- every table published | publication-unexpected | one | name: bench_new
CREATE PUBLICATION bench_new FOR ALL TABLES;

-- shared schema open for everybody | schema-open schema-privileges | mine WHERE NOT managed
--   | lost: others may need it: a script never takes it away
GRANT CREATE ON SCHEMA {ref} TO PUBLIC;

-- default privileges for PUBLIC in a shared schema | default-privileges-unexpected | mine WHERE NOT managed
--   | lost: others may need it: a script never takes it away
ALTER DEFAULT PRIVILEGES IN SCHEMA {ref} GRANT INSERT ON TABLES TO PUBLIC;

-- event trigger of other people's | event-trigger-unexpected | one | name: bench_new
CREATE FUNCTION public.bench_stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER bench_new ON ddl_command_start EXECUTE FUNCTION public.bench_stop();

-- database with a limit of connections | database-setting | one | name: connection_limit
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 2', current_database()); END $do$;
