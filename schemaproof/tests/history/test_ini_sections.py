"""Several histories in one alembic.ini, with a section each, for ``alembic --name``."""

from pathlib import Path
from typing import Final

from schemaproof_testing.other_project import REVISION, OtherProject, make_project
from schemaproof_testing.servers import Database

MODELS: Final = """
import sqlalchemy as sa

boxes, notes = sa.MetaData(), sa.MetaData()
sa.Table("box", boxes, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("note", notes, sa.Column("id", sa.Integer, primary_key=True))
"""
TABLE: Final = 'context.config.get_section_option(context.config.config_ini_section, "table")'


def several(folder: Path, database: Database) -> OtherProject:
    made = make_project(
        folder,
        database,
        imports=("import models",),
        target="[models.boxes, models.notes]",
        options={"version_table": TABLE},
    )
    made.write("models.py", MODELS)
    common = (folder / "alembic.ini").read_text("utf-8").replace("[alembic]", "[DEFAULT]")
    sections = [
        f"[{one}]\nversion_locations = %(here)s/alembic/{one}\ntable = {one}_version\n\n"
        for one in ("box", "note")
    ]
    made.write("alembic.ini", "".join(sections) + common)
    for one in ("box", "note"):
        body = f'    op.create_table("{one}", sa.Column("id", sa.Integer(), primary_key=True))'
        text = REVISION.format(title=one, id="a1", follows=None, depends_on=None, body=body)
        made.write(f"alembic/{one}/a1_first.py", text)
    return made


def configure(project: OtherProject, section: str) -> None:
    project.configure(
        metadata=f'"models:{section}s"' if section == "note" else '"models:boxes"',
        script_location='"alembic"',
        ini_section=f'"{section}"',
        version_table=f'"{section}_version"',
    )


def test_each_section_is_a_history_of_its_own(folder: Path, database: Database) -> None:
    """Two histories may have the same revision ids; their snapshots are separate."""
    project = several(folder, database)
    for section in ("box", "note"):
        configure(project, section)
        outcome = project.monps_db("snapshot")
        assert (outcome.code, outcome.out) == (0, "a1 recorded\n"), outcome.text
        assert project.monps_db("upgrade").code == 0
        assert project.monps_db("check").out.startswith("in sync: ")
    assert database.query("SELECT * FROM box_version, note_version") == [("a1", "a1")]
    assert f'"{section}"' in (project.snapshots / section / "a1.json").read_text("utf-8")
    assert not [*project.snapshots.glob("*.json")]


def test_a_section_that_is_not_there_is_one_line(folder: Path, database: Database) -> None:
    project = several(folder, database)
    configure(project, "boxes")
    outcome = project.monps_db("snapshot")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome.text
    assert "alembic.ini has no section boxes" in outcome.err
