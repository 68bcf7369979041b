"""``alembic revision --autogenerate`` compares the models with a scratch database."""

from pathlib import Path

import pytest

from schemaproof_testing.project import CONFIGURATION, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

CHANGES = {
    "a new column": (
        "Odds.__table__.append_column(Column('weather', Text))",
        "op.add_column('odds', sa.Column('weather', sa.Text(), nullable=True))",
    ),
    "a new check": (
        "Odds.__table__.append_constraint(CheckConstraint('is_live', name='only_live'))",
        "op.create_check_constraint(op.f('ck_odds_only_live'), 'odds'",
    ),
    "a jsonb column with a default turned into text": (
        "Odds.__table__.c.price_type.type = JSONB()",
        "op.alter_column('odds', 'price_type'",
    ),
}


@pytest.fixture
def models_file(programs: Programs, own_history: Path) -> Path:
    """A module that changes the models, to be written by the test, beside a copy of the history."""
    (programs.folder / "pyproject.toml").write_text(
        f'{CONFIGURATION}metadata = "changed:Base.metadata"\n', "utf-8"
    )
    return own_history.with_name("changed.py")


def generate(programs: Programs, models_file: Path, change: str) -> str:
    models_file.write_text(
        "from sqlalchemy import CheckConstraint, Column, Text\n"
        "from sqlalchemy.dialects.postgresql import JSONB\n"
        f"from models import Base, Odds\n{change}\n",
        "utf-8",
    )
    programs.run("alembic", "revision", "--autogenerate", "-m", "change").succeeded()
    [file] = (programs.folder / "migrations" / "versions").glob("*_change.py")
    return file.read_text("utf-8")


@pytest.mark.parametrize(("change", "operation"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_models_becomes_an_operation(
    programs: Programs, models_file: Path, change: str, operation: str
) -> None:
    assert operation in generate(programs, models_file, change)


def test_what_no_model_declares_is_never_proposed_for_a_drop(
    database: Database, programs: Programs, models_file: Path
) -> None:
    database.execute(
        "CREATE SCHEMA quantum;"
        "CREATE TABLE quantum.old_profiles (id int);"
        "CREATE TABLE public.bets (id int);"
        "CREATE TABLE public.tracking_clv_picks (theirs text)"
    )
    revision = generate(programs, models_file, "")
    assert "drop_" not in revision
    assert "    pass\n" in revision


def test_the_target_need_not_be_there(programs: Programs, models_file: Path) -> None:
    programs = Programs(programs.folder, {**programs.environ, "DB_HOST": "/nowhere"})
    assert "'weather'" in generate(programs, models_file, CHANGES["a new column"][0])


@pytest.mark.usefixtures("migrated")
def test_a_new_revision_has_no_snapshot_until_one_is_recorded(
    programs: Programs, models_file: Path
) -> None:
    generate(programs, models_file, CHANGES["a new column"][0])
    environment = {"PYTHONPATH": str(programs.folder)}
    before = programs.monps_db("check", **environment)
    assert before.code == 1
    assert "snapshot-missing" in before.out
    assert programs.monps_db("snapshot", **environment).code == 0
    after = programs.monps_db("check", **environment)
    assert (after.code, "pending: 1" in after.out) == (3, True)
