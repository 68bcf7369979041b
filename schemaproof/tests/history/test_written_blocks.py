"""An autocommit block of a written revision contains only the statements that need it."""

import ast

from alembic.autogenerate import render_python_code
from alembic.operations.ops import UpgradeOps

from schemaproof.probe.project_side.written_statements import Backfill, Concurrently, Statement

BUILD = Statement("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "")
FILL = Backfill("t", "a = b", "a IS NULL")


def test_what_follows_a_backfill_does_not_depend_on_who_runs_it() -> None:
    ops = UpgradeOps([Concurrently([BUILD]), FILL, Concurrently([BUILD]), FILL, BUILD])
    text = render_python_code(ops)
    body = ast.parse(f"def upgrade():\n    {text}").body[0]
    assert isinstance(body, ast.FunctionDef)
    fill = ["Assign", "Assign", "Assign", "If"]
    kinds = [type(one).__name__ for one in body.body]
    assert kinds == ["With", *fill, "With", *fill, "Expr"]
