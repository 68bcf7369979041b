"""Run the benchmark for one project on one server, in two processes with copies of their own."""

import fnmatch
import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import repeat

import click

from bench.drift import alembic_check, harmless, restored
from bench.drift.checks import check, settings
from bench.drift.copies import Copies, new_database
from bench.drift.mutations import KINDS, mutations
from bench.drift.mutations.kinds import Kind, Mutation
from bench.drift.projects import Subject, importable, migrate, record
from bench.drift.trial import Bench, Trial, alarm, try_harmless, try_mutation, try_session
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import Database, administration

WORKERS = 2
ROLES = (("bench_stranger", ""), ("bench_owner", "SUPERUSER"))


@dataclass(frozen=True)
class Options:
    """The choice of the changes to try.

    Attributes:
        per_kind: The number of targets of each kind; None for all.
        only: Patterns for the names of kinds; empty for all.
        alembic: Whether to run ``alembic check``, too.
    """

    per_kind: int | None = 2
    only: tuple[str, ...] = ()
    alembic: bool = True

    def chosen(self, kinds: Iterable[Kind]) -> list[Kind]:
        return [kind for kind in kinds if self.wants(kind.name)]

    def wants(self, name: str) -> bool:
        return not self.only or any(fnmatch.fnmatch(name, pattern) for pattern in self.only)


@dataclass(frozen=True)
class Run:
    """The results of a project on one major version.

    Attributes:
        project: The name of the project.
        major: The major version of the server.
        before: The findings before any change.
        trials: The trial of each mutation.
        harmless: The trial of each harmless change.
    """

    project: str
    major: int
    before: tuple[str, ...]
    trials: tuple[Trial, ...]
    harmless: tuple[Trial, ...]


def prepare(server: LocalServer) -> None:
    """Create the roles and the tablespace that the changes need on the server."""
    with administration(server) as cursor:
        for role, options in ROLES:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
            if not cursor.rowcount:
                cursor.execute(f"CREATE ROLE {role} {options}")
        cursor.execute("SELECT FROM pg_tablespace WHERE spcname = 'bench_space'")
        if not cursor.rowcount:
            cursor.execute("SET allow_in_place_tablespaces = on")
            cursor.execute("CREATE TABLESPACE bench_space LOCATION ''")


@contextmanager
def benched(subject: Subject, server: LocalServer, options: Options) -> Iterator[Bench]:
    """Migrate a database of the project, and check it before any change."""
    prepare(server)
    with new_database(server) as database, importable(subject.folder):
        # The migration stores the column numbers of the tables in the snapshot, so the snapshot has
        # to be recorded first.
        record(subject, settings(database))
        migrate(subject, database)
        stock = alembic_check.ordinary(database, subject) if options.alembic else None
        yield Bench(subject, Copies(server, database.name), check(database), stock)


def run(
    subject: Subject, server: LocalServer, options: Options, newer: Sequence[LocalServer] = ()
) -> Run:
    """Try all changes; ``newer`` lists the servers on which a dump is restored."""
    with benched(subject, server, options) as bench:
        found = _targets(bench, KINDS, options)
        alike = _targets(bench, harmless.KINDS, options)
        sessions = {name: value for name, value in harmless.SESSIONS.items() if options.wants(name)}
        with _pool() as pool:
            where = f"{subject.name} on PostgreSQL {server.binaries.major}"
            tried = _all(pool.map(try_mutation, repeat(bench), found), len(found), where)
            calm = _all(pool.map(try_harmless, repeat(bench), alike), len(alike), "harmless")
            quiet = tuple(pool.map(try_session, repeat(bench), sessions, sessions.values()))
        dumped = _dumped(bench, newer) if options.wants("dump and restore") else ()
        before = tuple(sorted(" ".join(one) for one in bench.before.findings))
        return Run(
            subject.name,
            server.binaries.major,
            (*before, *filter(None, [bench.before.error])),
            tried,
            (*calm, *quiet, *dumped),
        )


@contextmanager
def _pool() -> Iterator[ProcessPoolExecutor]:
    """Start worker processes; Ctrl-C cancels the trials that have not begun."""
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(WORKERS, mp_context=fork) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _all(trials: Iterable[Trial], length: int, label: str) -> tuple[Trial, ...]:
    """Wait for all results; on a terminal, show how many are done."""
    with click.progressbar(trials, length=length, label=label, file=sys.stderr) as shown:
        return tuple(shown)


def _targets(bench: Bench, kinds: Iterable[Kind], options: Options) -> list[Mutation]:
    project = bench.subject.project
    with bench.copies.copy() as database:
        return list(
            mutations(
                database,
                managed=project.managed_schemas,
                shared=project.shared_schemas,
                per_kind=options.per_kind,
                chosen=options.chosen(kinds),
            )
        )


def _dumped(bench: Bench, newer: Sequence[LocalServer]) -> tuple[Trial, ...]:
    server = bench.copies.server
    with bench.copies.copy() as original:
        cases = {
            "dump and restore": partial(restored.restored, original, server),
            "dump and restore under another owner": partial(restored.under_another_owner, original),
        }
        for other in newer:
            name = f"dump and restore on PostgreSQL {other.binaries.major}"
            cases[name] = partial(restored.restored, original, other)
        return tuple(_restored(bench, name, restore) for name, restore in cases.items())


def _restored(
    bench: Bench, name: str, restore: Callable[[], AbstractContextManager[Database]]
) -> Trial:
    try:
        with restore() as database:
            return alarm(bench, database, name, (), "pg_dump | psql")
    except subprocess.CalledProcessError as error:
        return Trial(name, (), "pg_dump | psql", impossible=str(error.stderr).strip())
