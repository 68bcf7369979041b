"""What others do to objects of ours from outside of them, in a schema that is shared."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import Kind
from bench.drift.mutations.settings import NOTHING, here

SHARED: Final = "mine WHERE NOT managed"
THEIRS: Final = "others may need it: a script never takes it away"
TABLE: Final = "tab WHERE NOT managed AND NOT typed AND NOT partition AND kind = 'r'"

KINDS: Final = (
    Kind(
        "table inherited by other people's",
        "tab WHERE NOT typed AND NOT partition AND kind = 'r'",
        "format('CREATE SCHEMA bench_other; CREATE TABLE bench_other.heir () INHERITS (%s)', ref)",
        "table-inherited",
        lost=THEIRS,
    ),
    Kind(
        "table shadowed by a schema called like a role",
        TABLE,
        "format('DO $do$ BEGIN EXECUTE format(''CREATE SCHEMA %%I'', current_user); EXECUTE"
        " format(''CREATE TABLE %%I.%s (id integer)'', current_user); END $do$', quoted)",
        "table-shadowed",
        lost=THEIRS,
    ),
    Kind(
        "table shadowed by a search_path",
        TABLE,
        "format('CREATE SCHEMA bench_other; CREATE TABLE bench_other.%s (id integer); GRANT USAGE"
        " ON SCHEMA bench_other TO PUBLIC; ALTER ROLE bench_stranger LOGIN; DO $do$ BEGIN EXECUTE"
        " format(''ALTER ROLE bench_stranger IN DATABASE %%I SET search_path = bench_other,"
        " public'', current_database()); END $do$', quoted)",
        "table-shadowed",
        lost=THEIRS,
    ),
    Kind(
        "cast of a table's rows",
        TABLE,
        "format('CREATE CAST (%s AS text) WITH INOUT AS ASSIGNMENT', ref)",
        "cast-unexpected",
        names="ARRAY[name]",
    ),
    Kind(
        "table published by other people",
        TABLE,
        "format('CREATE PUBLICATION bench_new FOR TABLE %s', ref)",
        "publication-unexpected",
        names="ARRAY['bench_new']",
    ),
    Kind(
        "shared schema published",
        SHARED,
        "format('CREATE PUBLICATION bench_new FOR TABLES IN SCHEMA %s', ref)",
        "publication-unexpected",
        names="ARRAY['bench_new']",
    ),
    Kind(
        "every table published",
        NOTHING,
        "'CREATE PUBLICATION bench_new FOR ALL TABLES'",
        "publication-unexpected",
        names="ARRAY['bench_new']",
    ),
    Kind(
        "shared schema open for everybody",
        SHARED,
        "format('GRANT CREATE ON SCHEMA %s TO PUBLIC', ref)",
        "schema-open schema-privileges",
        lost=THEIRS,
    ),
    Kind(
        "default privileges for PUBLIC in a shared schema",
        SHARED,
        "format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT INSERT ON TABLES TO PUBLIC', ref)",
        "default-privileges-unexpected",
        lost=THEIRS,
    ),
    Kind(
        "event trigger of other people's",
        NOTHING,
        "'CREATE FUNCTION public.bench_stop() RETURNS event_trigger LANGUAGE plpgsql AS ''BEGIN"
        " END''; CREATE EVENT TRIGGER bench_new ON ddl_command_start EXECUTE FUNCTION"
        " public.bench_stop()'",
        "event-trigger-unexpected",
        names="ARRAY['bench_new']",
    ),
    Kind(
        "database with a limit of connections",
        NOTHING,
        here("ALTER DATABASE %I CONNECTION LIMIT 2"),
        "database-setting",
        names="ARRAY['connection_limit']",
    ),
)
