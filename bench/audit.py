"""Measure 1,000 DDL commands with the audit and without it.

    python -m bench.audit [TIMES]

Each command is a transaction of its own, sent by psycopg2. The benchmark starts a server that does
not wait for the disk, because there the relative difference is largest.
"""

import statistics
import time
from argparse import ArgumentParser, RawTextHelpFormatter
from collections.abc import Iterator
from contextlib import closing

from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is

from schemaproof_testing import audits
from schemaproof_testing.servers import Database, Servers, create_database, default_major

COMMANDS = 1_000
KINDS = {
    "CREATE TABLE": "CREATE TABLE public.t{} (a int)",
    "ALTER TABLE ... ADD COLUMN": "ALTER TABLE public.t{} ADD COLUMN b text DEFAULT 'x'",
    "CREATE INDEX": "CREATE INDEX i{0} ON public.t{0} (a)",
    "GRANT": "GRANT SELECT ON public.t{} TO PUBLIC",
    "CREATE TEMP TABLE": "CREATE TEMP TABLE temporary{} (a int)",
    "DROP TABLE": "DROP TABLE public.t{}",
}


def seconds(connection: Connection, statement: str) -> float:
    """Return how long 1,000 commands of one kind take."""
    with connection.cursor() as cursor:
        begin = time.perf_counter()
        for number in range(COMMANDS):
            cursor.execute(statement.format(number))
        return time.perf_counter() - begin


def one_round(database: Database) -> Iterator[tuple[str, float]]:
    """Yield how long 1,000 commands of each kind take, each kind in its own session."""
    with closing(database.connect_superuser()) as connection:
        connection.autocommit = True
        for kind, statement in KINDS.items():
            yield kind, seconds(connection, statement)


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawTextHelpFormatter)
    parser.add_argument("times", type=int, nargs="?", default=5, help="rounds, with and without")
    times = parser.parse_args().times
    took: dict[bool, dict[str, list[float]]] = {
        audited: {kind: [] for kind in KINDS} for audited in (False, True)
    }
    with closing(Servers()) as servers:
        server = servers.get(default_major())
        for _ in range(times):
            for audited in (False, True):
                with create_database(server) as database:
                    if audited:
                        audits.install(database)
                    for kind, duration in one_round(database):
                        took[audited][kind].append(duration)
    print(f"PostgreSQL {default_major()}, milliseconds a command, median of {times} rounds")
    print(f"{'':28}{'without':>9}{'with':>9}{'more':>9}")
    for kind in KINDS:
        without, with_it = (statistics.median(took[one][kind]) for one in (False, True))
        more = with_it - without
        print(f"{kind:28}{without:9.3f}{with_it:9.3f}{more:9.3f}")


if __name__ == "__main__":
    main()
