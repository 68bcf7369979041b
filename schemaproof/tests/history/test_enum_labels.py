"""Add and remove labels of an enum type that is in use; up, down and up give the same schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from schemaproof.connection.raw_sql import rows
from schemaproof.errors import HistoryError
from schemaproof.history import scratch
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch
from schemaproof_testing import written
from schemaproof_testing.servers import Database
from schemaproof_testing.written import WrittenProject

pytestmark = pytest.mark.slow

LABELS: Final = {
    "one goes": ("'a', 'b', 'it''s'", "'a', 'b'"),
    "one comes": ("'a', 'b'", "'a', '%x:y', 'b'"),
    "one goes and another comes": ("'a', 'b', 'c'", "'a', 'b', 'd'"),
    "another order": ("'a', 'b', 'c'", "'b', 'a', 'c'"),
}
# In the models, these use a column of the table {t} with the type {k}.
PARTS: Final = {
    "an index of it": "Index('ix_{t}', 'kind')",
    "an index predicate": "Index('ix_{t}', 'id', postgresql_where=text(\"kind = 'a'\"))",
    "an index expression": "Index('ix_{t}', text(\"(kind = 'a')\"))",
    "a check": "CheckConstraint(\"kind <> 'b' OR id > 0\", name='ck_{t}')",
    "a generated column": "Column('g', Boolean, Computed(\"kind = 'a'\"))",
    "a default": "Column('more', Enum({labels}, name='{k}'), server_default='a')",
    "an array": "Column('more', pg.ARRAY(Enum({labels}, name='{k}')), server_default='{{a,b}}')",
    "a unique key": "UniqueConstraint('kind', 'id', name='uq_{t}')",
    "a primary key": "PrimaryKeyConstraint('kind', 'id', name='pk_{t}')",
    "an exclusion": "ExcludeConstraint((column('kind'), '='), using='btree', name='ex_{t}')",
}
# Revisions create these, and no model knows them.
STATEMENTS: Final = {
    "a view": ["CREATE VIEW v_{t} AS SELECT id, kind FROM {t} WHERE kind = 'a'"],
    "views of views": [
        "CREATE VIEW v_{t} AS SELECT id, kind FROM {t}",
        "CREATE MATERIALIZED VIEW m_{t} AS SELECT kind FROM v_{t} WHERE kind > 'a'",
        "CREATE UNIQUE INDEX mi_{t} ON m_{t} (kind)",
    ],
    "a domain": [
        "CREATE DOMAIN d_{t} AS {k} CHECK (VALUE <> 'b')",
        "CREATE TABLE u_{t} (g d_{t} DEFAULT 'a')",
    ],
    "a policy": [
        "CREATE POLICY p_{t} ON {t} USING (kind <> 'b')",
        "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
    ],
    "a function": [
        "CREATE FUNCTION f_{t}(k {k}) RETURNS {k} LANGUAGE sql IMMUTABLE AS 'SELECT k'",
        "CREATE INDEX fi_{t} ON {t} (f_{t}(kind))",
    ],
    "the body of a function": [
        (
            "CREATE FUNCTION f_{t}() RETURNS bigint LANGUAGE sql"
            " BEGIN ATOMIC SELECT count(*) FROM {t} WHERE kind = 'a'; END"
        )
    ],
    "a trigger": [
        "CREATE FUNCTION f_{t}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        (
            "CREATE TRIGGER tr_{t} BEFORE UPDATE OF kind ON {t} FOR EACH ROW WHEN (NEW.kind = 'a')"
            " EXECUTE FUNCTION f_{t}()"
        ),
    ],
    "a rule": ["CREATE RULE r_{t} AS ON UPDATE TO {t} WHERE OLD.kind = 'b' DO INSTEAD NOTHING"],
    "statistics": ["CREATE STATISTICS st_{t} ON kind, id FROM {t}"],
    "a composite type": ["CREATE TYPE c_{t} AS (k {k}, n int)", "CREATE TABLE u_{t} (p c_{t})"],
    "a child": ["CREATE TABLE child_{t} (n int) INHERITS ({t})"],
    "privileges": ["CREATE VIEW v_{t} AS SELECT kind FROM {t}", "GRANT SELECT ON v_{t} TO PUBLIC"],
    "a foreign key": [
        "ALTER TABLE {t} ADD CONSTRAINT k_{t} UNIQUE (kind)",
        "CREATE TABLE u_{t} (kind {k} REFERENCES {t} (kind))",
    ],
    "a partition": ["CREATE TABLE p_{t} PARTITION OF {t} FOR VALUES FROM (0) TO (100)"],
}
NAMES: Final = [*PARTS, *STATEMENTS]
BY_RANGE: Final = "postgresql_partition_by='RANGE (id)'"


@pytest.fixture
def project(folder: Path, database: Database) -> WrittenProject:
    return written.make(folder, database)


def _models(labels: str) -> str:
    labels = labels.replace("''", "\\'")
    return "from sqlalchemy.dialects.postgresql import ExcludeConstraint\n" + "".join(
        _table(f"t{number}", f"kind{number}", labels, PARTS.get(name, ""), name)
        for number, name in enumerate(NAMES)
    )


def _table(table: str, kind: str, labels: str, part: str, name: str) -> str:
    parts = [
        f"'{table}'",
        "Base.metadata",
        "Column('id', Integer, nullable=False)",
        f"Column('kind', Enum({labels}, name='{kind}'))",
        part.format(t=table, k=kind, labels=labels),
        BY_RANGE if name == "a partition" else "",
    ]
    return f"Table({', '.join(filter(None, parts))})\n"


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_change_whatever_uses_the_type(
    project: WrittenProject, labels: tuple[str, str]
) -> None:
    """Each revision is run up, down and up; the catalogs are compared each time."""
    project.models(_models(labels[0]))
    project.write(rev_id="first")
    made = [
        sql.format(t=f"t{number}", k=f"kind{number}")
        for number, name in enumerate(NAMES)
        for sql in STATEMENTS.get(name, ())
    ]
    project.files.revision("second", "first", "; ".join(f"op.execute({sql!r})" for sql in made))
    project.record()
    project.models(_models(labels[1]))
    done = project.write(only=("public.kind*",))
    kinds = {f"public.kind{number}" for number in range(len(NAMES))}
    assert {one.path for one in done.changes} == kinds
    assert done.unwritten == ()


def test_a_label_that_rows_use_stays(project: WrittenProject) -> None:
    """If rows use the label, the revision fails before it changes anything."""
    table = _table("t", "kind", "{}", "Column('more', pg.ARRAY(Enum({labels}, name='kind')))", "")
    before, after = (table.replace("Enum({}", f"Enum({one}").format(labels=one) for one in _LOST)
    project.models(before)
    project.write(rev_id="first")
    project.models(after)
    done = project.write()
    assert any("neither read nor written: public.t; it fails" in one for one in done.notes)
    last = done.snapshots[-1].stem
    with (
        ProjectProbe(project.project) as probe,
        scratch.project_scratch(project.project) as there,
    ):
        probe.upgrade(there, "first")
        for value, array, refused in (
            ("c", "NULL", r"1 rows of public.t.kind use a label that is removed \(c\)"),
            ("a", "ARRAY['b','c']", r"1 rows of public.t.more use a label that is removed \(c\)"),
        ):
            _put(there, value, array)
            with pytest.raises(HistoryError, match=refused):
                probe.upgrade(there, last)
        _put(there, "a", "ARRAY['b']")
        probe.upgrade(there, last)
        _put(there, "d", "NULL")
        with pytest.raises(HistoryError, match=r"use a label that is removed \(d\)"):
            probe.downgrade(there, "first")
        assert rows(there.connection, "SELECT kind::text FROM t") == [{"kind": "d"}]


_LOST: Final = LABELS["one goes and another comes"]


def _put(there: Scratch, value: str, array: str) -> None:
    insert = f"INSERT INTO t VALUES (1, '{value}', CAST({array} AS kind[])) RETURNING 1"
    for sql in ("DELETE FROM t RETURNING 1", insert):
        rows(there.connection, sql)
    there.connection.commit()


def test_what_a_table_is_partitioned_by_keeps_its_labels(project: WrittenProject) -> None:
    by_kind = "postgresql_partition_by='LIST (kind)'"
    for labels in _LOST:
        project.models(_table("t", "kind", labels, by_kind, ""))
        made = project.write()
    assert made.files == ()
    assert [one.path for one in made.unwritten] == ["public.kind"]
    [note] = made.notes
    assert note.startswith("public.kind: public.t.kind is in the key of a partitioned table")


def test_a_change_beside_it_is_made_before(project: WrittenProject) -> None:
    """Columns of the type are added and dropped, and constraints and defaults use its labels."""
    parts = (
        "Column('gone', Enum('a', 'b', name='kind')), CheckConstraint(\"kind <> 'b'\", name='ck')",
        (
            "Column('come', Enum('c', 'a', name='kind'), server_default='c'),"
            " CheckConstraint(\"kind <> 'c'\", name='ck')"
        ),
    )
    models = [
        _table("t", "kind", labels, part, "")
        for labels, part in zip(("'a', 'b'", "'c', 'a'"), parts, strict=True)
    ]
    project.models(models[0])
    project.write()
    project.models(models[1])
    made = project.write()
    assert (made.unwritten, made.left) == ((), ())
    assert project.write().files == ()


def test_with_plain_a_label_is_used_in_the_revision_that_adds_it(project: WrittenProject) -> None:
    project.models(_table("t", "kind", "'a', 'b'", "", ""))
    project.write()
    more = "Column('more', Enum('a', 'c', 'b', name='kind'), server_default='c')"
    project.models(_table("t", "kind", "'a', 'c', 'b'", more, ""))
    made = project.write(plain=True)
    assert (len(made.files), made.unwritten, made.left) == (1, (), ())
    assert "ADD VALUE IF NOT EXISTS" in made.files[0].read_text("utf-8")
