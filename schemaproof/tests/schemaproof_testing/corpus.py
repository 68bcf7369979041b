"""Make the changes of the corpus one by one, with the findings of a check and the repair."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bench.drift.copies import new_database
from bench.drift.mutations import mutations
from bench.drift.mutations.kinds import Mutation
from bench.drift.projects import Subject, importable, migrate, own_project, zoo_project
from bench.drift.runs import prepare
from bench.drift.trial import mentions
from schemaproof.catalog.catalog import inside_transaction, read_snapshot, reading
from schemaproof.check.live_diff import read_state, with_repairs
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database


@dataclass(frozen=True)
class Outcome:
    """The result of one change.

    Attributes:
        mutation: The change.
        report: The findings after the change, with the repair statements.
        left: The findings after the repair; empty if only data changed.
        error: The error of a repair statement that failed.
    """

    mutation: Mutation
    report: Report
    left: tuple[Finding, ...] = ()
    error: str = ""

    @property
    def coded(self) -> bool:
        """Whether a finding names the object and has one of the right codes."""
        return any(
            one.code in self.mutation.codes and mentions(str(one.path), self.mutation.names)
            for one in self.report.findings
        )


@contextmanager
def migrated(subject: Subject, server: LocalServer) -> Iterator[Database]:
    prepare(server)
    with new_database(server) as database, importable(subject.folder):
        migrate(subject, database)
        yield database


def outcomes(server: LocalServer, *, zoo: bool = True) -> Iterator[Outcome]:
    """Make every change in the zoo and in our own project, each in its own transaction."""
    with tempfile.TemporaryDirectory() as folder:
        subjects = [zoo_project(Path(folder))] if zoo else []
        for subject in (*subjects, own_project()):
            with migrated(subject, server) as database, unpooled_engine(database) as engine:
                project = subject.project
                managed, shared = project.managed_schemas, project.shared_schemas
                changes = list(mutations(database, managed=managed, shared=shared, per_code=True))
                with engine.connect() as connection:
                    with reading(connection):
                        expected = read_snapshot(connection, project.scratch_scope())
                    for mutation in changes:
                        yield _outcome(connection, project, expected, mutation)
                        connection.rollback()


def _outcome(
    connection: Connection, project: Project, expected: Snapshot, mutation: Mutation
) -> Outcome:
    _execute(connection, mutation.statement)
    report = _report(connection, project, expected)
    try:
        for step in report.repairs:
            _execute(connection, step.sql)
    except DBAPIError as error:
        return Outcome(mutation, report, error=str(error.orig))
    # A script never drops an object that no model knows.
    left = (one for one in _report(connection, project, expected).findings)
    return Outcome(mutation, report, tuple(one for one in left if one.kind != Kind.UNMODELLED))


def _execute(connection: Connection, statements: str) -> None:
    connection.execute(text(statements.replace(":", r"\:")))


def _report(connection: Connection, project: Project, expected: Snapshot) -> Report:
    with inside_transaction(connection):
        state = read_state(connection, project.scope, expected)
        return with_repairs(state, connection).report
