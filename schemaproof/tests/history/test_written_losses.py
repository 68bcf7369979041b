"""A written revision declares the data that its downgrade loses, so that ``lint`` accepts it."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing import written
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

DECLARED: Final = "downgrade_loses = None\n"
ITEM: Final = "Table('item', Base.metadata, Column('id', Integer, primary_key=True){})\n"
PARTITIONED: Final = (
    "Table('whole', Base.metadata, Column('id', Integer, primary_key=True),"
    " postgresql_partition_by='RANGE (id)')\n"
)
RULE: Final = "data-loss-undeclared"


def _declarations(files: tuple[Path, ...]) -> list[str]:
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [one.partition(" = ")[2] for one in lines if one.startswith("downgrade_loses")]


@pytest.mark.parametrize("is_in_template", [True, False])
def test_what_a_downgrade_loses_is_declared(
    folder: Path, database: Database, *, is_in_template: bool
) -> None:
    project = written.make(folder, database).with_(lint_enable=(RULE,))
    if is_in_template:
        template = written.TEMPLATE.replace("\n\ndef upgrade", f"{DECLARED}\n\ndef upgrade")
        project.files.write("alembic/script.py.mako", template)
    project.models(ITEM.format(""))
    first = project.write()
    assert _declarations(first.files) == ["'public.item'"]
    project.models(ITEM.format(", Column('a', Integer), Column('b', Integer)") + PARTITIONED)
    columns = project.write()
    assert _declarations(columns.files) == ["'public.item.a, public.item.b, public.whole'"]
    project.models(ITEM.format(", Column('a', BigInteger)") + PARTITIONED)
    replaced = project.write()
    declared = [one for one in _declarations(replaced.files) if one != "None"]
    assert declared == ["'public.item.a__new'", "'public.item.a__old'"]
    for one in (first, columns, replaced):
        assert project.lint(one) == []
    assert project.write().files == ()


def test_a_project_that_does_not_ask_for_it_gets_none(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    project.models(ITEM.format(""))
    assert _declarations(project.write().files) == []
