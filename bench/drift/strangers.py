"""What other people have in the same database; none of it is ours, and none of it is drift."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import each, plain

THEIRS: Final = (
    plain(
        "other people's table",
        "CREATE TABLE public.theirs (id serial PRIMARY KEY, word text UNIQUE)",
    ),
    plain(
        "other people's table with everything",
        "CREATE TABLE public.theirs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word"
        " varchar(5)"
        " CHECK (word IN ('a', 'b'))) PARTITION BY HASH (id);"
        " CREATE TABLE public.theirs_0 PARTITION OF public.theirs FOR VALUES WITH (MODULUS 1,"
        " REMAINDER 0);"
        " ALTER TABLE public.theirs ENABLE ROW LEVEL SECURITY;"
        " CREATE POLICY theirs ON public.theirs USING (true)",
    ),
    plain("other people's schema", "CREATE SCHEMA theirs; CREATE TABLE theirs.odds (id integer)"),
    plain("other people's view", "CREATE VIEW public.theirs AS SELECT 1 AS one"),
    plain(
        "other people's materialised view",
        "CREATE MATERIALIZED VIEW public.theirs AS SELECT 1 AS one",
    ),
    plain("other people's sequence", "CREATE SEQUENCE public.theirs"),
    plain(
        "other people's function",
        "CREATE FUNCTION public.theirs() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ),
    plain("other people's enum", "CREATE TYPE public.theirs AS ENUM ('a', 'b')"),
    plain("other people's domain", "CREATE DOMAIN public.theirs AS text CHECK (VALUE <> '')"),
    plain("other people's composite type", "CREATE TYPE public.theirs AS (a integer)"),
    plain("other people's range type", "CREATE TYPE public.theirs AS RANGE (subtype = float8)"),
    plain("other people's collation", 'CREATE COLLATION public.theirs FROM "C"'),
    plain(
        "other people's aggregate",
        "CREATE AGGREGATE public.theirs(integer) (sfunc = int4pl, stype = integer)",
    ),
    plain(
        "other people's operator",
        "CREATE OPERATOR public.<~~~> (FUNCTION = int4eq, LEFTARG = int4, RIGHTARG = int4)",
    ),
    plain(
        "other people's text search",
        "CREATE TEXT SEARCH CONFIGURATION public.theirs (COPY = simple)",
    ),
    plain(
        "other people's statistics",
        "CREATE TABLE public.theirs (a integer, b integer);"
        " CREATE STATISTICS public.theirs ON a, b FROM public.theirs",
    ),
    plain(
        "other people's publication",
        "CREATE TABLE public.theirs (id integer); CREATE PUBLICATION theirs FOR TABLE"
        " public.theirs",
    ),
    plain(
        "other people's foreign server",
        "CREATE FOREIGN DATA WRAPPER theirs; CREATE SERVER theirs FOREIGN DATA WRAPPER theirs;"
        " CREATE FOREIGN TABLE public.theirs (id integer) SERVER theirs",
    ),
    plain(
        "other people's cast",
        "CREATE TYPE public.theirs AS ENUM ('a'); CREATE CAST (public.theirs AS json) WITH INOUT",
    ),
    plain(
        "other people's trigger",
        "CREATE TABLE public.theirs (id integer);"
        " CREATE FUNCTION public.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN"
        " NEW; END';"
        " CREATE TRIGGER theirs BEFORE INSERT ON public.theirs EXECUTE FUNCTION public.theirs()",
    ),
    plain(
        "other people's table given away",
        "CREATE TABLE public.theirs (); ALTER TABLE public.theirs OWNER TO bench_stranger",
    ),
    plain("other people's grants on public", "GRANT USAGE ON SCHEMA public TO bench_stranger"),
    plain("other people's comment on public", "COMMENT ON SCHEMA public IS 'theirs'"),
    plain(
        "other people's default privileges",
        "CREATE SCHEMA theirs; ALTER DEFAULT PRIVILEGES IN SCHEMA theirs GRANT SELECT ON"
        " TABLES TO PUBLIC",
    ),
    plain(
        "other people's default privileges as another role",
        "ALTER DEFAULT PRIVILEGES FOR ROLE bench_stranger IN SCHEMA public GRANT SELECT ON"
        " TABLES TO PUBLIC",
    ),
    plain("large object", "SELECT lo_create(0)"),
    plain(
        "comment on the database",
        "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''x''', current_database()); END $$",
    ),
    plain("an extension of others, without a trace here", "DROP EXTENSION IF EXISTS bench_nothing"),
    plain(
        "another role's settings",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE bench_stranger IN DATABASE %I SET work_mem ="
        " ''9MB''',"
        " current_database()); END $$",
    ),
    each(
        "our table read by other people's view",
        "tab",
        "format('CREATE VIEW public.theirs AS SELECT * FROM %s', ref)",
    ),
    each(
        "our table pointed at by other people's key",
        "con WHERE type = 'p' AND cardinality(keys) = 1 AND kind = 'r' AND persistence = 'p'",
        "format('CREATE TABLE public.theirs (LIKE %s); ALTER TABLE public.theirs ADD FOREIGN"
        " KEY (%s)"
        " REFERENCES %s', ref, (SELECT format('%I', attname) FROM pg_attribute WHERE attrelid"
        " = relid"
        " AND attnum = keys[1]), ref)",
    ),
    each(
        "our table's name in other people's schema",
        "tab WHERE NOT typed",
        "format('CREATE SCHEMA theirs; CREATE TABLE theirs.%s (LIKE %s)', quoted, ref)",
    ),
    plain(
        "other people's alembic_version",
        "CREATE SCHEMA theirs; CREATE TABLE theirs.alembic_version (version_num text)",
    ),
)
