"""The public names of schemaproof."""

import ast
import inspect
import subprocess
import sys
from types import ModuleType

import schemaproof
from schemaproof_testing.project import ROOT

NAMES: list[str] = getattr(schemaproof, "__all__")  # noqa: B009 - which no type checker is told
STUB = ROOT / "schemaproof" / "src" / "schemaproof" / "__init__.pyi"


def test_the_type_checker_is_told_of_the_names_that_there_are() -> None:
    tree = ast.parse(STUB.read_text("utf-8"))
    told: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            told |= {alias.asname or alias.name for alias in node.names}
    assert told == set(NAMES)


def test_each_name_can_be_imported() -> None:
    assert [name for name in NAMES if getattr(schemaproof, name) is None] == []


def test_each_name_is_a_value_and_says_what_it_is() -> None:
    found = {name: getattr(schemaproof, name) for name in NAMES}
    assert [name for name, value in found.items() if isinstance(value, ModuleType)] == []
    described = {name: value for name, value in found.items() if callable(value)}
    assert [name for name, value in described.items() if not inspect.getdoc(value)] == []


def test_an_error_class_costs_no_library() -> None:
    code = (
        "import sys; from schemaproof import ConfigurationError, whole_seconds\n"
        "print([name for name in sys.modules if name in"
        " ('alembic', 'click', 'psycopg2', 'rich', 'sqlalchemy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_upgrade_does_not_start_slower_for_what_writes_revisions() -> None:
    code = (
        "import sys, schemaproof.alembic\n"
        "print([name for name in sys.modules if name in"
        " ('schemaproof.history.asked_changes', 'schemaproof.history.project_probe', 'postgast')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
