"""Changes that autogenerate omits: enum labels, sequences, generated columns, serial."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing import written
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

KEY: Final = "Column('id', Integer, primary_key=True)"
SERIAL: Final = "Table('{name}', Base.metadata, " + KEY + ")\n"
IDENTITY: Final = (
    "Table('{name}', Base.metadata, Column('id', Integer, Identity(), primary_key=True))\n"
)
ENUM: Final = (
    "Table('enum', Base.metadata, " + KEY + ", Column('k', Enum({labels}, name='kind'),"
    " server_default='{default}'))\n"
)
GENERATED: Final = "Table('{name}', Base.metadata, " + KEY + ", Column('g', Integer{more}))\n"
KEYED: Final = "Table('keyed', Base.metadata, Column('id', Integer{more}))\n"
OLD: Final = (
    SERIAL.format(name="to_identity")
    + IDENTITY.format(name="to_serial")
    + ENUM.format(labels="'a', 'c'", default="a")
    + "Sequence('changed', increment=5, metadata=Base.metadata)\n"
    + "Sequence('dropped', metadata=Base.metadata)\n"
    + GENERATED.format(name="expression", more=", Computed('id + 1', persisted=True)")
    + GENERATED.format(name="plain", more=", Computed('id + 1', persisted=True)")
    + GENERATED.format(name="generated", more="")
    + KEYED.format(more="")
)
NEW: Final = (
    IDENTITY.format(name="to_identity")
    + SERIAL.format(name="to_serial")
    + ENUM.format(labels="'a', 'b', 'c', 'd'", default="b")
    + "Sequence('changed', increment=6, metadata=Base.metadata)\n"
    + "Sequence('made', increment=7, metadata=Base.metadata)\n"
    + GENERATED.format(name="expression", more=", Computed('id + 2', persisted=True)")
    + GENERATED.format(name="plain", more="")
    + GENERATED.format(name="generated", more=", Computed('id + 1', persisted=True)")
    + KEYED.format(more=", primary_key=True, autoincrement=False")
    + "Table('user', Base.metadata, "
    + KEY
    + ","
    " Column('n', Integer, server_default=text(\"nextval('made')\")))\n"
)


def test_it_is_written_in_sql_up_and_down(folder: Path, database: Database) -> None:
    """Each revision is run up, down and up, and no difference remains."""
    project = written.make(folder, database)
    project.models(OLD)
    first = project.write()
    assert (first.unwritten, first.left) == ((), ())
    project.models(NEW)
    made = project.write()
    assert (made.unwritten, made.left) == ((), ())
    again = "the column is dropped and created again, and every row is rewritten"
    assert set(made.notes) == {
        f"public.{table}.g: {again}" for table in ("expression", "generated")
    }
    texts = [file.read_text("utf-8").partition("def downgrade")[0] for file in made.files]
    [labels] = [text for text in texts if "ADD VALUE" in text]
    assert "DEFAULT" not in labels
    assert [one.partition(" ")[2] for one in project.lint(made) if "adding-field" not in one] == []
    assert project.write().files == ()
