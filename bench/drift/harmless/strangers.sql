-- What other people have in the same database; none of it is ours, and none of it is drift.

-- other people's table | - | one
CREATE TABLE public.theirs (id serial PRIMARY KEY, word text UNIQUE);

-- other people's table with everything | - | one
CREATE TABLE public.theirs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word varchar(5) CHECK (word IN ('a',
    'b'))) PARTITION BY HASH (id);
CREATE TABLE public.theirs_0 PARTITION OF public.theirs FOR VALUES WITH (MODULUS 1, REMAINDER 0);
ALTER TABLE public.theirs ENABLE ROW LEVEL SECURITY; CREATE POLICY theirs ON public.theirs USING (true);

-- other people's schema | - | one
CREATE SCHEMA theirs; CREATE TABLE theirs.odds (id integer);

-- other people's view | - | one
CREATE VIEW public.theirs AS SELECT 1 AS one;

-- other people's materialised view | - | one
CREATE MATERIALIZED VIEW public.theirs AS SELECT 1 AS one;

-- other people's sequence | - | one
CREATE SEQUENCE public.theirs;

-- other people's function | - | one
CREATE FUNCTION public.theirs() RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- other people's enum | - | one
CREATE TYPE public.theirs AS ENUM ('a', 'b');

-- other people's domain | - | one
CREATE DOMAIN public.theirs AS text CHECK (VALUE <> '');

-- other people's composite type | - | one
CREATE TYPE public.theirs AS (a integer);

-- other people's range type | - | one
CREATE TYPE public.theirs AS RANGE (subtype = float8);

-- other people's collation | - | one
CREATE COLLATION public.theirs FROM "C";

-- other people's aggregate | - | one
CREATE AGGREGATE public.theirs(integer) (sfunc = int4pl, stype = integer);

-- other people's operator | - | one
CREATE OPERATOR public.<~~~> (FUNCTION = int4eq, LEFTARG = int4, RIGHTARG = int4);

-- other people's text search | - | one
CREATE TEXT SEARCH CONFIGURATION public.theirs (COPY = simple);

-- other people's statistics | - | one
CREATE TABLE public.theirs (a integer, b integer); CREATE STATISTICS public.theirs ON a, b FROM public.theirs;

-- other people's publication | - | one
CREATE TABLE public.theirs (id integer); CREATE PUBLICATION theirs FOR TABLE public.theirs;

-- other people's foreign server | - | one
CREATE FOREIGN DATA WRAPPER theirs; CREATE SERVER theirs FOREIGN DATA WRAPPER theirs;
CREATE FOREIGN TABLE public.theirs (id integer) SERVER theirs;

-- other people's cast | - | one
CREATE TYPE public.theirs AS ENUM ('a'); CREATE CAST (public.theirs AS json) WITH INOUT;

-- other people's trigger | - | one
CREATE TABLE public.theirs (id integer);
CREATE FUNCTION public.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER theirs BEFORE INSERT ON public.theirs EXECUTE FUNCTION public.theirs();

-- other people's table given away | - | one
CREATE TABLE public.theirs (); ALTER TABLE public.theirs OWNER TO bench_stranger;

-- other people's grants on public | - | one
GRANT USAGE ON SCHEMA public TO bench_stranger;

-- other people's comment on public | - | one
COMMENT ON SCHEMA public IS 'theirs';

-- other people's default privileges | - | one
CREATE SCHEMA theirs; ALTER DEFAULT PRIVILEGES IN SCHEMA theirs GRANT SELECT ON TABLES TO PUBLIC;

-- other people's default privileges as another role | - | one
ALTER DEFAULT PRIVILEGES FOR ROLE bench_stranger IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;

-- large object | - | one
SELECT lo_create(0);

-- comment on the database | - | one
DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''x''', current_database()); END $$;

-- an extension of others, without a trace here | - | one
DROP EXTENSION IF EXISTS bench_nothing;

-- another role's settings | - | one
DO $$ BEGIN EXECUTE format('ALTER ROLE bench_stranger IN DATABASE %I SET work_mem = ''9MB''', current_database()); END $$;

-- our table read by other people's view | - | tab
CREATE VIEW public.theirs AS SELECT * FROM {ref};

-- our table pointed at by other people's key | -
--   | con WHERE type = 'p' AND cardinality(keys) = 1 AND kind = 'r' AND persistence = 'p'
CREATE TABLE public.theirs (LIKE {ref});
ALTER TABLE public.theirs ADD FOREIGN KEY ({(SELECT format('%I', attname) FROM pg_attribute WHERE attrelid = relid
    AND attnum = keys[1])}) REFERENCES {ref};

-- our table's name in other people's schema | - | tab WHERE NOT typed
CREATE SCHEMA theirs; CREATE TABLE theirs.{quoted} (LIKE {ref});

-- other people's alembic_version | - | one
CREATE SCHEMA theirs; CREATE TABLE theirs.alembic_version (version_num text);
