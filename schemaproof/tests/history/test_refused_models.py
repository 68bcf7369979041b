"""If PostgreSQL refuses a part of the models, revisions do not drop the existing objects."""

from pathlib import Path

import pytest

from schemaproof.history.asked_changes import matching
from schemaproof_testing import written
from schemaproof_testing.servers import Database

OTHER = "Table('other', Base.metadata, Column('id', Integer, primary_key=True){})\n"
THING = "Table('thing', Base.metadata, Column('id', Integer, primary_key=True){})\n"
TWICE = ", CheckConstraint('id > 0', name='c'), CheckConstraint('id > 1', name='c')"
REFERS = ", Column('thing', ForeignKey('thing.id', name='fk_thing'))"


@pytest.mark.slow
def test_a_refused_table_is_not_dropped_with_what_else_is_written(
    folder: Path, database: Database
) -> None:
    made = written.make(folder, database)
    made.models(THING.format("") + OTHER.format(REFERS))
    made.write()
    made.models(THING.format(TWICE) + OTHER.format(REFERS + ", Column('more', Text)"))
    done = made.write()
    [file] = done.files
    text = file.read_text()
    assert "add_column('other', sa.Column('more'" in text
    assert "drop" not in text.partition("def upgrade")[2].partition("def downgrade")[0]
    assert not matching((*done.left, *done.unwritten), ["public.thing", "public.other"])
    [note] = [one for one in done.notes if one.startswith("public.thing: ")]
    assert note.startswith("public.thing: PostgreSQL refuses the table: ")
    assert (
        "; nothing of it is compared; foreign keys to it are not compared, in public.other" in note
    )
    asked = made.write(only=["public.thing"])
    assert (asked.files, asked.unwritten) == ((), ())
    assert asked.notes
