"""Privileges and row policies stay on columns that are replaced, or renamed with both names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject, run_sql

pytestmark = pytest.mark.slow

OLD: Final = """
Table('item', Base.metadata, Column('id', Integer, Identity(), primary_key=True),
    Column('n', Integer, nullable=False), Column('kind', Enum('a', 'b', 'c', name='kind')))
"""
CHANGES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "types": (
        OLD.replace("Integer", "BigInteger"),
        {"only": ("public.item.id", "public.item.n")},
    ),
    "labels": (OLD.replace("'b', 'c'", "'b'"), {"only": ("public.kind",)}),
    "online renames": (
        OLD.replace("'n'", "'number'").replace("'kind', Enum", "'sort', Enum"),
        {"rename": ("item.n=number", "item.kind=sort"), "online": True, "only": ("public.kind",)},
    ),
}
POLICIES: Final = (
    "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY seen ON item FOR SELECT USING (n > 0 AND kind <> 'b')",
    'CREATE POLICY "it\'s made" ON item FOR INSERT WITH CHECK (n < 100)',
)


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    project = written.make(folder, database)
    project.models(OLD)
    project.write(rev_id="first")
    project.files.revision("second", "first", "; ".join(f"op.execute({sql!r})" for sql in POLICIES))
    project.record()
    return project


def _do(there: Scratch, sql: str) -> None:
    rows(there.connection, sql)
    there.connection.commit()


@contextmanager
def _role(there: Scratch) -> Iterator[str]:
    role = f"reader_{there.place.parameters['dbname']}"
    _do(there, f"CREATE ROLE {role}")
    try:
        yield role
    finally:
        _do(there, f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize(("models", "options"), CHANGES.values(), ids=CHANGES)
def test_a_role_may_do_the_same_after_each_revision(
    project: WrittenProject, models: str, options: dict[str, Any]
) -> None:
    project.models(models)
    made = project.write(**options)
    assert (made.unwritten, project.lint(made)) == ((), [])
    assert len(made.files) > 1
    assert not any("meanwhile" in one or "because" in one for one in made.notes)
    ids = [path.stem for path in made.snapshots]
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "second")
        with _role(there) as role:
            _do(there, f"GRANT SELECT, INSERT (n, kind) ON item TO {role}")
            _do(there, f"GRANT UPDATE (n) ON item TO {role}")
            _do(there, f"GRANT USAGE ON SEQUENCE item_id_seq TO {role} WITH GRANT OPTION")
            _do(there, "INSERT INTO item (n, kind) VALUES (-1, 'a'), (2, 'b')")
            _require_access(there, role)
            for move, revisions in (
                (probe.upgrade, ids),
                (probe.downgrade, reversed(["second", *ids[:-1]])),
            ):
                for revision in revisions:
                    move(there, revision)
                    _require_access(there, role)


def _require_access(there: Scratch, role: str) -> None:
    sql = "SELECT attname AS name FROM pg_attribute WHERE attrelid = CAST('item' AS regclass)"
    names = {row["name"] for row in run_sql(there, sql)}
    n, kind = ("n", "kind") if "kind" in names else ("number", "sort")
    _do(there, f"SET ROLE {role}")
    insert = f"INSERT INTO item ({n}, {kind}) VALUES ({{}}, 'a')"
    _do(there, insert.format(5))
    for refused in (insert.format(100), f"UPDATE item SET {kind} = 'a'"):
        with pytest.raises(Exception, match=r"row-level security|permission denied"):
            rows(there.connection, refused)
        there.connection.rollback()
    _do(there, "SELECT nextval('item_id_seq')")
    assert run_sql(there, f"SELECT DISTINCT {n} AS n, {kind} AS kind FROM item") == [
        {"n": 5, "kind": "a"}
    ]
    _do(there, "RESET ROLE")
