"""Every kind of change to the objects of a database, derived from PostgreSQL's catalogs."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib import resources
from typing import Final

from bench.drift.mutations.kinds import Kind, Mutation, kinds
from schemaproof_testing.servers import Database

KINDS: Final = kinds(
    __name__,
    *("columns", "column_rules", "column_storage", "constraints", "constraint_rules", "indexes"),
    *("index_states", "tables", "table_storage", "partitions", "sequences", "views", "routines"),
    *("types", "domains", "triggers", "policies", "schemas", "statistics", "operators", "search"),
    *("foreign", "extensions", "settings", "surroundings"),
)


def mutations(
    database: Database,
    *,
    managed: Sequence[str],
    shared: Sequence[str],
    per_kind: int | None = None,
    per_code: bool = False,
    chosen: Sequence[Kind] = KINDS,
    own: bool = False,
) -> Iterator[Mutation]:
    """Find objects to change in a database, up to ``per_kind`` for each kind of change.

    Every object in these schemas belongs to the project; with ``own``, only the version table and
    the ledger are changed. With ``per_code`` there is one object per kind and code. The same
    database always gives the same mutations.
    """
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path = ''")
        cursor.execute(
            "CREATE TEMP TABLE scope AS"
            " SELECT %s::text[] AS managed, %s::text[] AS shared, %s AS own",
            [list(managed), list(shared), own],
        )
        cursor.execute("SET search_path = pg_temp")
        cursor.execute(resources.files(__name__).joinpath("targets.sql").read_text("utf-8"))
        major = connection.server_version // 10000
        for kind in chosen:
            if not kind.since <= major <= kind.until:
                continue
            cursor.execute(kind.query)
            targets = cursor.fetchall()[:per_kind]
            if per_code:
                targets = list({row[1]: row for row in reversed(targets)}.values())
            for names, code, statement in targets:
                yield Mutation(kind, tuple(names), kind.codes_for(code), statement)
