"""A printed script does the same for every role, encoding and search_path."""

import subprocess
from pathlib import Path

import pytest

from schemaproof_testing.project import Alembic, Programs
from schemaproof_testing.servers import Database

pytestmark = pytest.mark.slow

# In these encodings, the last byte of the sign and the quote after it form one character.
NAME = '€"" \\! touch reached '
ENCODINGS = ("GBK", "BIG5", "UHC", "GB18030", "SJIS", "JOHAB", "SHIFT_JIS_2004")


def run(database: Database, script: str, folder: Path, *options: str, encoding: str) -> None:
    file = folder / "script.sql"
    file.write_text(script, "utf-8")
    subprocess.run(
        [database.server.binaries.psql, "--no-psqlrc", *options, "--file", str(file)],
        cwd=folder,
        env={**database.libpq_environ(), "PGCLIENTENCODING": encoding},
        capture_output=True,
        timeout=120,
        check=True,
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_name_in_a_repair_is_taken_for_a_command_of_psql(
    database: Database, programs: Programs, tmp_path: Path, encoding: str
) -> None:
    Alembic(database).upgrade()
    database.execute(f'ALTER TABLE quantum.team_quantum_dna ADD "{NAME}" text')
    script = programs.monps_db("check", "--sql", "--destructive").out
    assert f'DROP COLUMN "{NAME}"' in script
    run(database, script, tmp_path, "--set=ON_ERROR_STOP=1", encoding=encoding)
    assert not (tmp_path / "reached").exists()
    assert programs.monps_db("check").code == 0


@pytest.mark.parametrize(
    "command",
    [
        ("upgrade", "--sql"),
        ("downgrade", "e7d04b6a52c9:3d5a71c08e42", "--sql"),
        ("roles", "--sql"),
    ],
)
def test_encoding_and_path_come_first_and_the_path_is_given_back(
    programs: Programs, command: tuple[str, ...]
) -> None:
    lines = programs.monps_db(*command).out.splitlines()
    first = [line for line in lines if line][:2]
    assert first == [
        "SET client_encoding TO 'UTF8';",
        "SET search_path TO pg_catalog, pg_temp;",
    ]
    assert [line for line in lines if line][-1] == "SET search_path TO DEFAULT;"
    assert not any(line.startswith("\\") for line in lines)


def test_a_script_of_alembic_leaves_the_path_to_the_bodies(programs: Programs) -> None:
    """The statements between two revisions are those of Alembic or schemaproof."""
    lines = programs.alembic("upgrade", "head", "--sql").out.splitlines()
    path = ""
    paths: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith(("SET search_path TO ", "SET LOCAL search_path TO ")):
            path = line.partition(" TO ")[2].removesuffix(";")
        for beginning in ("CREATE TABLE public.alembic_version", "INSERT INTO public.", "UPDATE "):
            if line.startswith(beginning):
                paths.setdefault(beginning, set()).add(path)
        if line.startswith("CREATE TABLE quantum."):
            paths.setdefault("body", set()).add(path)
    ours = {"pg_catalog, pg_temp"}
    assert paths == {
        "CREATE TABLE public.alembic_version": ours,
        "INSERT INTO public.": ours,
        "UPDATE ": ours,
        "body": {"public"},
    }
