"""Rules of docs/house.md that neither ruff nor the import contracts verify."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemaproof_testing.project import ROOT

ENGINE_TESTS: Final = "schemaproof/tests/"
TESTS: Final = (ENGINE_TESTS, "tests/")
APPLICATION: Final = {"cli", "core", "loading", "migrations", "models", "repositories", "tests"}
LONGEST_FILE, LONGEST_FUNCTION = 250, 40
ENGINE: Final = "schemaproof/src/schemaproof/"


@pytest.fixture(scope="module")
def files() -> dict[str, ast.Module]:
    listed = subprocess.check_output(["git", "ls-files", "*.py"], cwd=ROOT, text=True).split()
    there = [name for name in listed if (ROOT / name).is_file()]
    return {name: ast.parse((ROOT / name).read_text("utf-8")) for name in there}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_test_file_imports_another(files: dict[str, ast.Module]) -> None:
    stems = {stem for name in files if (stem := Path(name).stem).startswith("test_")}
    assert {
        f"{name}: {module}"
        for name, tree in files.items()
        for module in imported(tree)
        if name.startswith(TESTS)
        and module.split(".")[0] in {*stems, "tests"}
        and stems & {*module.split(".")}
    } == set()


def test_tests_of_the_engine_import_nothing_of_the_application(
    files: dict[str, ast.Module],
) -> None:
    assert {
        f"{name}: {module}"
        for name, tree in files.items()
        for module in imported(tree)
        if name.startswith(ENGINE_TESTS) and module.split(".")[0] in APPLICATION
    } == set()


def test_only_the_doors_of_the_engine_read_the_environment(files: dict[str, ast.Module]) -> None:
    """Two exceptions: the probe, which is another program, and PATH for a server's programs."""
    read = {
        name.removeprefix(ENGINE)
        for name, tree in files.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        if isinstance(node.value, ast.Name) and node.value.id == "os"
        if name.startswith(ENGINE) and "/project_side/" not in name
    }
    assert {name for name in read if not name.startswith("cli/")} == {
        *("alembic.py", "alembic_file.py", "project_file.py", "scratch/embedded/process.py")
    }


def is_code(name: str) -> bool:
    return not name.startswith((*TESTS, "bench/", "migrations/versions/"))


def is_history(name: str) -> bool:
    """Whether a file is a revision, whose length was fixed when it was written."""
    return "migrations/versions/" in name


def test_no_file_is_long(files: dict[str, ast.Module]) -> None:
    lengths = {name: (ROOT / name).read_text("utf-8").count("\n") for name in files}
    assert {
        name: length
        for name, length in lengths.items()
        if length > LONGEST_FILE and not is_history(name)
    } == {}


def test_no_function_is_long(files: dict[str, ast.Module]) -> None:
    assert {
        f"{name}: {node.name}"
        for name, tree in files.items()
        if not is_history(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    } == set()


RIDDLES: Final = {"beside", "doubts", "of", "once", "said", "unsaid"}
"""Names that say neither what a function does nor what a value is."""


def definitions(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Yield the names that a module defines, each with its line and whether it is a function."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name, True
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name, False


def is_riddle(name: str, *, is_function: bool) -> bool:
    is_phrase = re.search(r"^_?of_|_of$", name) and not name.startswith("test_")
    return name in RIDDLES or (is_function and bool(is_phrase))


def test_no_name_is_a_riddle(files: dict[str, ast.Module]) -> None:
    assert [
        f"{file}:{line}: {name}"
        for file, tree in files.items()
        for line, name, is_function in definitions(tree)
        if is_riddle(name, is_function=is_function)
    ] == []


METAPHORS: Final = {
    *("answers", "around_revision", "client_gone", "comparing", "facts", "forks", "heirs", "kinds"),
    *("leftovers", "live", "loops", "once", "one_line", "origin", "places", "plans", "positions"),
    *("prepared", "problems", "request", "rotation", "settle", "settling", "shapes", "stale"),
    *("stamps", "tampering", "texts", "turnstile", "verify", "warnings"),
}
"""What modules were called before they said what they hold."""


def test_no_module_is_a_metaphor(files: dict[str, ast.Module]) -> None:
    named = {name: Path(name).stem for name in files if is_code(name)}
    assert {name for name, stem in named.items() if stem in METAPHORS} == set()
