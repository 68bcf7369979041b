"""Lock-safe revisions for tables without a key, for long names, and with the features of 18."""

from pathlib import Path
from typing import Final

import pytest

from schemaproof.errors import ConfigurationError
from schemaproof_testing import servers as test_servers
from schemaproof_testing import written
from schemaproof_testing.servers import Database

LONG: Final = "n" * 61 + "ö"
LOOSE: Final = "Table('loose', Base.metadata, Column('a', Integer){more})\n"
LONG_NAMES: Final = f"""
t = Table('{LONG}', Base.metadata, Column('{{column}}', Integer, primary_key=True,
    autoincrement=False), Column('day', Integer, primary_key=True),
    Index('{"i" * 63}', '{{column}}'){{more}})
"""


def test_an_application_without_a_version_is_refused(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    with pytest.raises(ConfigurationError, match="--application is 'shop'"):
        project.write(application="shop")


@pytest.mark.slow
def test_contract_revisions_name_the_application(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    project.models(LOOSE.format(more=", Column('b', Integer)"))
    project.write()
    project.models(LOOSE.format(more=", Column('c', Integer)"))
    expand, contract = project.write(application="shop/1.4.2").files
    assert "application" not in expand.read_text("utf-8")
    assert 'application = "shop/1.4.2"\nphase = "contract"' in contract.read_text("utf-8")


@pytest.mark.slow
def test_where_a_table_has_no_key_it_is_said_what_its_change_locks(
    folder: Path, database: Database
) -> None:
    project = written.make(folder, database)
    project.models(LOOSE.format(more=""))
    project.write()
    uuid = ", Column('u', Uuid, server_default=text('gen_random_uuid()'))"
    project.models(LOOSE.format(more=uuid).replace("'a', Integer", "'a', BigInteger"))
    made = project.write()
    assert len(made.notes) == 2
    for note in made.notes:
        assert "every row is" in note
        assert "because the table has no key" in note
    assert project.write().files == ()


@pytest.mark.slow
@pytest.mark.skipif(test_servers.default_major() < 18, reason="18 takes NOT VALID there")
def test_where_all_are_18_a_key_of_a_partitioned_table_is_added_at_once(
    folder: Path, database: Database
) -> None:
    project = written.make(folder, database).with_(postgresql=18)
    models = (
        "Table('other', Base.metadata, Column('id', Integer, primary_key=True))\n"
        "p = Table('p', Base.metadata, Column('day', Integer, primary_key=True),"
        " Column('o', Integer{more}), postgresql_partition_by='RANGE (day)')\n"
    )
    project.models(models.format(more=""))
    project.write()
    project.models(models.format(more=", ForeignKey('other.id')"))
    made = project.write()
    sql = [part.sql for one in project.linted(made) for part in one.statements]
    assert [one.partition(" FOREIGN")[0] for one in sql] == [
        "ALTER TABLE p ADD CONSTRAINT p_o_fkey",
        "ALTER TABLE p VALIDATE CONSTRAINT p_o_fkey",
    ]
    assert (project.lint(made), project.write().files) == ([], ())


@pytest.mark.slow
def test_names_of_63_bytes_are_shortened_and_stay_apart(folder: Path, database: Database) -> None:
    project = written.make(folder, database)
    old = "c" * 63
    project.models(LONG_NAMES.format(column=old, more=""))
    project.write()
    new = "c" * 62 + "d"
    project.models(LONG_NAMES.format(column=new, more=""))
    made = project.write(rename=(f"{LONG}.{old}={new}",), online=True)
    assert (made.unwritten, made.left, made.notes) == ((), (), ())
    assert "\n".join(project.lint(made)) == ""
    listen = (
        f"event.listen(t, 'after_create', DDL('CREATE TABLE rest PARTITION OF {LONG} DEFAULT'))\n"
    )
    more = ", postgresql_partition_by='RANGE (day)'"
    project.models(LONG_NAMES.format(column=new, more=more) + listen)
    made = project.write()
    assert (made.unwritten, made.left, made.notes) == ((), (), ())
    assert "\n".join(project.lint(made)) == ""
    assert project.write().files == ()


@pytest.mark.slow
@pytest.mark.parametrize("column", ["n" * 64, "ö" * 32])
def test_a_longer_name_is_refused(folder: Path, database: Database, column: str) -> None:
    project = written.make(folder, database)
    project.models(LOOSE.format(more=f", Column('{column}', Integer)"))
    with pytest.raises(
        ConfigurationError, match=rf"{column} has 64 bytes, and PostgreSQL keeps 63"
    ):
        project.write()
    assert not list((folder / "alembic" / "versions").glob("*.py"))
