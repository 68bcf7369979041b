"""Applications that write while something else happens to their database."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from psycopg2.extensions import QueryCanceledError
from psycopg2.extensions import connection as Connection  # noqa: N812 - as the class it is

from schemaproof_testing.servers import Database


@dataclass
class Writers:
    """The results of the applications.

    Attributes:
        done: The number of commits of each statement.
        failed: The errors of the other executions.
        longest: The longest time of a statement, in seconds.
    """

    done: list[int]
    failed: list[str] = field(default_factory=list)
    longest: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def writing(
    database: Database, statements: Sequence[str], *, longest: str = "20s", pause: float = 0.0
) -> Iterator[Writers]:
    """Execute each statement repeatedly, in a session of its own, until the block ends.

    Args:
        database: The database.
        statements: The statements, which may contain ``%(n)s``, a number that increases.
        longest: The time-out of a statement.
        pause: The pause after each statement, in seconds.
    """
    writers = Writers([0] * len(statements))
    threads = [
        threading.Thread(target=_write, args=(database, writers, place, statement, longest, pause))
        for place, statement in enumerate(statements)
    ]
    for thread in threads:
        thread.start()
    try:
        _wait_until_all_have_written(writers)
        yield writers
        _wait_until_all_have_written(writers)
    finally:
        writers.stop.set()
        for thread in threads:
            thread.join(timeout=120)


def _write(
    database: Database, writers: Writers, place: int, statement: str, longest: str, pause: float
) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        # The statements of writers get a time-out, because a migration that waits for ever would
        # block them.
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [longest])
        connection.commit()
        while not writers.stop.wait(pause):
            start = time.monotonic()
            try:
                cursor.execute(statement, {"n": writers.done[place]})
                connection.commit()
            except Exception as error:  # noqa: BLE001 - whatever it is, the application failed
                writers.failed.append(f"{statement}: {error}")
                return
            writers.longest = max(writers.longest, time.monotonic() - start)
            writers.done[place] += 1


def _wait_until_all_have_written(writers: Writers) -> None:
    before = list(writers.done)
    deadline = time.monotonic() + 60
    while not writers.failed and any(
        now < then + 3 for now, then in zip(writers.done, before, strict=True)
    ):
        assert time.monotonic() < deadline, writers
        time.sleep(0.01)


@contextmanager
def busy(database: Database, statement: str) -> Iterator[None]:
    """Execute a statement in a session, and keep its transaction open until the block ends."""
    with closing(database.connect()) as connection:
        thread = threading.Thread(target=_run, args=(connection, statement))
        thread.start()
        _wait_until_it_is_in_a_transaction(database, connection.info.backend_pid)
        try:
            yield
        finally:
            connection.cancel()
            thread.join(timeout=60)


def _run(connection: Connection, statement: str) -> None:
    with suppress(QueryCanceledError):
        connection.cursor().execute(statement)


def _wait_until_it_is_in_a_transaction(database: Database, pid: int) -> None:
    deadline = time.monotonic() + 60
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = %s AND granted", [pid])
            ((locks,),) = cursor.fetchall()
            connection.rollback()
            if locks > 1:
                return
            assert time.monotonic() < deadline
            time.sleep(0.01)


OURS = [
    (
        "INSERT INTO quantum.goalscorer_profiles (player_name, team_name, league, season)"
        " VALUES ('writer %(n)s', 'a team', 'a league', 's')"
    ),
    "UPDATE quantum.team_quantum_dna SET tier = tier WHERE team_id %% 5 = %(n)s %% 5",
    "SELECT count(*), %(n)s FROM public.odds",
]


HOLDERS = {
    "an idle transaction": "SELECT count(*) FROM quantum.team_quantum_dna",
    "a long query": "SELECT count(*), pg_sleep(600) FROM quantum.team_quantum_dna",
}
