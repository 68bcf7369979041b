"""Rename columns and tables while programs use the old names."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.errors import ConfigurationError
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import servers as test_servers
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import Change, run_sql

pytestmark = pytest.mark.slow

OLD: Final = """
Table('customer', Base.metadata, Column('id', Integer, Identity(), primary_key=True),
    Column('tier', String(9), nullable=False, server_default='none', comment="it's 100%"),
    Column('mail', Text), Column('body', pg.JSON), Column('size', Integer),
    Column('doubled', Integer, Computed('size * 2', persisted=True)),
    CheckConstraint("tier <> ''", name='ck'), UniqueConstraint('mail', name='uq'),
    Index('ix', 'tier', text('lower(mail)'), postgresql_where=text("tier <> 'x'")))
Table('place', Base.metadata, Column('id', Integer, primary_key=True), Column('name', Text),
    Column('customer', Integer, ForeignKey('customer.id', ondelete='CASCADE')))
"""
RENAMES: Final = (
    *(f"customer.{one}" for one in ("id=number", "tier=level", "mail=email", "body=text")),
    "customer.size=length",
    "place=site",
    "place.name=label",
)
NEW: Final = (
    OLD.replace("'id', Integer, Identity", "'number', Integer, Identity")
    .replace("'customer.id'", "'customer.number'")
    .replace("tier", "level")
    .replace("'mail'", "'email'")
    .replace("lower(mail)", "lower(email)")
    .replace("'body'", "'text'")
    .replace("size", "length")
    .replace("'place'", "'site'")
    .replace("'name'", "'label'")
)


@pytest.fixture(scope="module")
def change(server: LocalServer) -> Iterator[Change]:
    with (
        tempfile.TemporaryDirectory(prefix="monps-test-", ignore_cleanup_errors=True) as folder,
        test_servers.create_database(server) as database,
    ):
        project = written.make(Path(folder).resolve(), database)
        project.models(OLD)
        project.write(rev_id="first")
        project.models(NEW)
        yield Change(project, project.write(rename=RENAMES, online=True))


def test_nothing_is_left_to_do_and_the_linter_has_nothing_to_say(change: Change) -> None:
    assert (change.made.unwritten, change.made.left) == ((), ())
    assert change.made.notes == (
        (
            "public.site: until the contract phase place is a view: COPY ... FROM, TRUNCATE and new"
            " foreign keys need the new name"
        ),
    )
    assert "\n".join(change.project.lint(change.made)) == ""
    assert change.project.write().files == ()


def test_what_is_written_by_one_name_is_read_by_the_other(change: Change) -> None:
    """Rows are written before each revision, up and down, by each name that exists then."""
    ids = [path.stem for path in change.made.snapshots]
    with (
        ProjectProbe(change.project.project) as probe,
        scratch.project_scratch(change.project.project) as there,
    ):
        probe.upgrade(there, "first")
        for revision in ids:
            _write(there)
            probe.upgrade(there, revision)
        _write(there)
        for revision in reversed(["first", *ids[:-1]]):
            probe.downgrade(there, revision)
            _write(there)
        count = run_sql(there, "SELECT count(*) AS n, count(DISTINCT id) AS d FROM customer")[0]
        assert count["n"] == count["d"] > 2 * len(ids)


def test_old_programs_read_write_and_upsert_until_the_contract_phase(change: Change) -> None:
    contracts = [one.id for one in change.project.linted(change.made) if one.is_declared_contract]
    expand = change.project.linted(change.made)[-1 - len(contracts)].id
    with (
        ProjectProbe(change.project.project) as probe,
        scratch.project_scratch(change.project.project) as there,
    ):
        probe.upgrade(there, "first")
        role = f"reader_{there.place.parameters['dbname']}"
        _do(there, f"CREATE ROLE {role}")
        try:
            _do(there, f"GRANT SELECT (mail), UPDATE (mail) ON customer TO {role}")
            _do(there, f"GRANT SELECT, INSERT ON place TO {role}")
            run_sql(there, "INSERT INTO customer (mail) VALUES ('a') RETURNING 1")
            probe.upgrade(there, expand)
            _old_and_new(there)
            _do(there, f"SET ROLE {role}")
            assert run_sql(there, "SELECT mail, email FROM customer WHERE mail = 'a'")
            run_sql(there, "INSERT INTO place (id, name) VALUES (7, 'x') RETURNING 1")
            assert run_sql(there, "SELECT label FROM site WHERE id = 7") == [{"label": "x"}]
            _do(there, "RESET ROLE")
        finally:
            _do(there, f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")
        probe.upgrade(there, "heads")
        assert "mail" not in run_sql(there, "SELECT * FROM customer LIMIT 1")[0]


def _old_and_new(there: Scratch) -> None:
    upsert = (
        "INSERT INTO customer ({0}, {1}) VALUES ('a', '{2}') ON CONFLICT ({0}) DO UPDATE"
        " SET {1} = excluded.{1} RETURNING tier, level, mail, email"
    )
    for names, value in ((("mail", "tier"), "old"), (("email", "level"), "new")):
        expected = {"tier": value, "level": value, "mail": "a", "email": "a"}
        assert run_sql(there, upsert.format(*names, value)) == [expected]
    for set_ in ("mail = NULL", "email = NULL", "body = '[]'", "text = '{}'"):
        [row] = run_sql(there, f"UPDATE customer SET {set_} RETURNING mail, email, body, text")
        assert (row["mail"], row["body"]) == (row["email"], row["text"])
        run_sql(there, "UPDATE customer SET mail = 'a' RETURNING 1")


def _write(there: Scratch) -> None:
    """Write rows by every name that exists, and require the same value under all names."""
    names = _names(there, "customer")
    for one in {"mail", "email"} & names:
        [row] = run_sql(
            there, f"INSERT INTO customer ({one}) VALUES (gen_random_uuid()) RETURNING *"
        )
        pairs = (("id", "number"), ("tier", "level"), ("mail", "email"))
        for old, new in pairs:
            found = {row[name] for name in (old, new) if name in row}
            assert len(found) == 1
            assert None not in found
        key = row.get("id", row.get("number"))
        place, label = ("place", "name") if "name" in _names(there, "place") else ("site", "label")
        run_sql(
            there,
            f"INSERT INTO {place} (id, {label}, customer) VALUES ({key}, 'x', {key}) RETURNING 1",
        )


def _names(there: Scratch, table: str) -> set[str]:
    sql = f"SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass('{table}')"
    return {row["name"] for row in run_sql(there, sql)}


def _do(there: Scratch, sql: str) -> None:
    rows(there.connection, sql)
    there.connection.commit()


def test_what_cannot_have_both_names_is_renamed_at_once_and_said(
    folder: Path, database: Database
) -> None:
    project = written.make(folder, database)
    old = """
Table('made', Base.metadata, Column('id', Integer, primary_key=True),
    Column('old', Integer, Computed('id + 1', persisted=True)))
Table('loose', Base.metadata, Column('old', Integer))
"""
    project.models(old)
    project.write()
    project.models(old.replace("'old'", "'new'"))
    made = project.write(rename=("made.old=new", "loose.old=new"), online=True)
    assert made.notes == (
        (
            "public.made.new: the old name cannot be kept, because it is a generated column, which"
            " a trigger cannot write: a contract revision renames it"
        ),
        (
            "public.loose.new: the old name cannot be kept, because the table has no key (a unique"
            " index of columns that are NOT NULL) to fill its rows by: a contract revision"
            " renames it"
        ),
    )
    assert all(one.is_declared_contract for one in project.linted(made))
    assert (project.lint(made), project.write().files) == ([], ())


def test_both_names_and_plain_are_refused_together(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    with pytest.raises(ConfigurationError, match="--plain renames at once"):
        project.write(online=True, plain=True)
