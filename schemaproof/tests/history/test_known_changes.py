"""The revisions that are written for the changes in the tests of another tool."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from schemaproof.history.revision_request import Written
from schemaproof.lint.lock_modes import BLOCKS_WRITES, Work
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.statements import Statement
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import written
from schemaproof_testing.known_changes import KNOWN_CHANGES
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

WRITTEN: Final = json.loads(Path(__file__).with_name("known_changes.json").read_text("utf-8"))
"""Of each change, revision by revision: the locks on the table and the SQL."""
SAID: Final = {"add_generated", "add_exclusion"}
"""What cannot be made safe: a note says so."""


class Change(NamedTuple):
    """The revisions that were written for all changes together."""

    project: WrittenProject
    made: Written
    revisions: list[LintedRevision]


@pytest.fixture(scope="module")
def change(server: LocalServer) -> Iterator[Change]:
    with written.opened(server) as project:
        project.models(_models("old"))
        project.write()
        project.models(_models("new"))
        made = project.write()
        yield Change(project, made, project.linted(made))


def _models(which: str) -> str:
    tables = ["Table('other', Base.metadata, Column('id', Integer, primary_key=True))\n"]
    for name, one in KNOWN_CHANGES.items():
        parts = getattr(one, which).format(table=name)
        key = "" if "primary_key" in name else ", primary_key=True"
        columns = f"Column('id', Integer{key}){', ' + parts if parts else ''}"
        tables.append(f"Table('{name}', Base.metadata, {columns})\n")
    return "".join(tables)


def _lines_about(revisions: list[LintedRevision], table: str) -> list[list[str]]:
    """Return the operations on a table by revision, with the locks that they take on it.

    Statements that copy privileges are left out.
    """
    own = re.compile(rf"\b{table}(_ix|_f_key|_f_idx|_id_f_key|_types|__new|__old)?\b")
    found = []
    for one in revisions:
        parts = [part for part in one.statements if "aclexplode" not in part.sql]
        lines = [_line(part, table) for part in parts if own.search(part.sql)]
        if lines:
            found.append([*(["contract"] if one.is_declared_contract else []), *lines])
    return found


def _line(part: Statement, table: str) -> str:
    sql = " ".join(part.sql.split()).replace(table, "{table}")
    if filled := re.search(r"UPDATE \S+ SET (.*?) WHERE ctid", sql):
        return f"in batches: {filled[1]}"
    modes = " ".join(str(lock.mode) for lock in part.locks if str(lock.table).endswith(table))
    return f"{modes or '-'}: {sql}"


def test_each_is_written_whole_and_the_linter_has_nothing_to_say(change: Change) -> None:
    assert (change.made.unwritten, change.made.left) == ((), ())
    rules = [one.split()[1] for one in change.project.lint(change.made)]
    assert sorted(rules) == [
        "adding-field-with-default:",  # A generated column is computed for every row.
        "backfill-unfilled:",
        "constraint-missing-not-valid:",  # An exclusion constraint cannot be NOT VALID.
    ]


@pytest.mark.parametrize("name", KNOWN_CHANGES)
def test_a_change_is_written_as_it_was(change: Change, name: str) -> None:
    assert _lines_about(change.revisions, name) == WRITTEN[name]


@pytest.mark.parametrize("name", sorted(KNOWN_CHANGES.keys() - SAID))
def test_no_strong_lock_is_held_while_rows_are_read_or_written(change: Change, name: str) -> None:
    heavy = [
        part.sql
        for one in change.revisions
        for part in one.statements
        for lock in part.locks
        if str(lock.table).endswith(name)
        and lock.mode in BLOCKS_WRITES
        and lock.work is not Work.CATALOG
    ]
    assert heavy == []
