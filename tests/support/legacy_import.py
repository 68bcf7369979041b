"""Databases with old tables, and runs of the import."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof_testing.existing_databases import OLD_TABLES, WHOLE, load
from schemaproof_testing.project import Alembic, Outcome, Programs, make_workspace
from schemaproof_testing.servers import Database

TARGETS: Final = (
    "quantum.team_quantum_dna",
    "quantum.quantum_strategies",
    "quantum.quantum_friction_matrix",
)


@dataclass(frozen=True)
class Legacy:
    """A database at head with old tables, and the programs that use it."""

    database: Database
    programs: Programs

    def run(self, *arguments: str, **environ: str) -> Outcome:
        return self.programs.monps_db("import-legacy", *arguments, **environ)

    def report(self, *arguments: str) -> dict[str, Any]:
        outcome = self.run("--format", "json", *arguments)
        report: dict[str, Any] = json.loads(outcome.out)
        return report

    def counts(self, *arguments: str) -> list[tuple[int, int, int]]:
        """Return the numbers of copied, already existing and refused rows, by table."""
        return [
            (table["copied"], table["already_there"], len(table["refused"]))
            for table in self.report(*arguments)["tables"]
            if table["target"]
        ]

    def reasons(self, source: str) -> dict[int, str]:
        (table,) = [one for one in self.report()["tables"] if one["source"] == source]
        return {row["id"]: row["reason"] for row in table["refused"]}

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run SQL and commit it."""
        return self.database.query(question, values or None)

    def rows(self) -> list[int]:
        """Return the number of rows in each new table."""
        return [int(self.ask(f"SELECT count(*) FROM {table}")[0][0]) for table in TARGETS]


def build(database: Database, script: Path, folder: Path) -> Legacy:
    load(database, script)
    Alembic(database).upgrade()
    return Legacy(database, Programs(make_workspace(folder), database.environ()))


@pytest.fixture
def small(database: Database, tmp_path: Path) -> Legacy:
    return build(database, OLD_TABLES, tmp_path)


@pytest.fixture
def whole(any_database: Database, tmp_path: Path) -> Legacy:
    return build(any_database, WHOLE, tmp_path)
