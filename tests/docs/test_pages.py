"""The pages are correct: examples run; all commands, codes and settings are documented."""

import os
import re
import shlex
from collections.abc import Callable
from contextlib import closing
from doctest import ELLIPSIS, OutputChecker
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg2
import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from core import database as core_database
from core.config import DatabaseSettings
from core.env_file import NAMED_BY
from repositories.statements import clv
from schemaproof.project_table import KEYS
from schemaproof.setting_names import NEUTRAL
from schemaproof_testing.other_project import FIRST, make_project
from schemaproof_testing.project import ROOT, Outcome, Programs, make_workspace
from schemaproof_testing.servers import Database
from tests.docs import reference

PAGES: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

SLOW: Final = {"tutorial.md"}
TRIED: Final = [
    pytest.param(page, marks=[pytest.mark.slow] * (page.name in SLOW)) for page in PAGES
]


class Console(CodeBlockParser):
    """Runs ```console blocks: a line after ``$`` is a command, the next lines are its output."""

    language = "console"

    def __init__(self, programs: Programs) -> None:
        super().__init__()
        self._programs = programs

    def evaluate(self, example: Example) -> str | None:
        for command, expected in re.findall(
            r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", example.parsed, re.MULTILINE
        ):
            program, *arguments = shlex.split(command)
            programs: dict[str, Callable[..., Outcome]] = {
                "monps-db": self._programs.monps_db,
                "alembic": self._programs.alembic,
                "psql": partial(psql, self._programs),
                "schemaproof": partial(self._programs.run, "schemaproof"),
            }
            got = programs[program](*arguments)
            if not OutputChecker().check_output(expected, got.out, ELLIPSIS):
                return f"{command}\nexpected:\n{expected}\ngot:\n{got.text}"
        return None


class File(CodeBlockParser):
    """Writes ```python-file blocks, and the ```toml of a pyproject.toml, into the folder."""

    def __init__(self, programs: Programs, language: str) -> None:
        self.language = language
        super().__init__()
        self._folder = programs.folder

    def evaluate(self, example: Example) -> None:
        text = str(example.parsed)
        name = "pyproject.toml"
        if self.language == "python-file":
            name = text.partition("\n")[0].removeprefix("# ")
        (self._folder / name).write_text(text, "utf-8")


def examples(page: Path, programs: Programs) -> list[Example]:
    files = [File(programs, language) for language in ("toml", "python-file")]
    sybil = Sybil(
        parsers=[Console(programs), PythonCodeBlockParser(), *files], path=str(page.parent)
    )
    return list(sybil.parse(page).examples())


@pytest.mark.parametrize("page", TRIED, ids=lambda page: page.name)
def test_examples_do_what_the_page_shows(
    page: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in database.environ().items():
        monkeypatch.setenv(name, value)
    if page.name == "other-projects.md":
        programs = shop(tmp_path, database)
    elif page.name == "tutorial.md":
        programs = OwnAlembic(tmp_path, from_nothing(database))
    else:
        programs = Programs(make_workspace(tmp_path), database.environ())
    try:
        for example in examples(page, programs):
            example.evaluate()
    finally:
        core_database.reset()


def shop(folder: Path, database: Database) -> Programs:
    """The project that the page describes, with its database."""
    project = make_project(folder, database)
    project.revision("5d1f0c7a9e21", None, FIRST)
    project.alembic("upgrade", "head")
    return OwnAlembic(folder, project.programs.environ)


def from_nothing(database: Database) -> dict[str, str]:
    """The environment variables that the tutorial tells the reader to export."""
    url, scratch = (
        one.set(drivername="postgresql").render_as_string(hide_password=False)
        for one in (database.url, database.superuser_url)
    )
    return {"DATABASE_URL": url, "SCHEMAPROOF_SCRATCH_URL": scratch}


def psql(programs: Programs, _url: str, option: str, given: str) -> Outcome:
    """Run SQL by psql, and print its output."""
    with closing(psycopg2.connect(programs.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            is_file = option == "-f"
            cursor.execute((programs.folder / given).read_text("utf-8") if is_file else given)
            return Outcome(0, f"{cursor.statusmessage}\n", "")


class OwnAlembic(Programs):
    """The programs of a project that has its own alembic.ini."""

    def alembic(self, *arguments: str, **environ: str) -> Outcome:
        return self.run("alembic", *arguments, **environ)


def test_the_readme_has_examples(tmp_path: Path) -> None:
    assert len(examples(ROOT / "README.md", Programs(tmp_path, {}))) >= 3


@pytest.mark.parametrize("page", reference.PAGES, ids=lambda page: page.name)
def test_the_reference_is_what_the_code_says_of_itself(page: Path) -> None:
    assert page.read_text("utf-8") == reference.PAGES[page](), (
        "write it again: python -m tests.docs.reference"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links: list[Any] = re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_the_settings_that_pages_name_exist() -> None:
    named = {
        name
        for page in PAGES
        for name in re.findall(r"\b((?:DB|MIGRATION)_[A-Z_]*[A-Z])\b", page.read_text("utf-8"))
    }
    assert named <= {*DatabaseSettings.model_fields, NAMED_BY}


def test_every_key_of_the_project_file_is_documented() -> None:
    page = (ROOT / "docs" / "other-projects.md").read_text("utf-8")
    assert [key for key in sorted(KEYS) if f"| `{key}`" not in page] == []


def test_every_setting_of_the_engine_is_documented() -> None:
    page = (ROOT / "docs" / "other-projects.md").read_text("utf-8")
    settings = {name for name in NEUTRAL.values() if name.startswith("SCHEMAPROOF_")}
    assert {name for name in settings if f"`{name}`" not in page} == set()


def test_no_page_knows_this_machine() -> None:
    words = (str(ROOT), os.environ.get("HOME", "/root") + "/")
    assert not any(word in page.read_text("utf-8") for page in PAGES for word in words)


def test_the_page_on_odds_lists_the_spellings_that_are_known() -> None:
    listed = {
        row[0]: row[1:]
        for line in (ROOT / "docs" / "odds.md").read_text("utf-8").splitlines()
        if line.startswith("   | `") and len(row := re.findall(r"`([^`]+)`", line)) > 1
    }
    assert listed == {name: list(known) for name, known in {**clv.MARKETS, **clv.SIDES}.items()}
