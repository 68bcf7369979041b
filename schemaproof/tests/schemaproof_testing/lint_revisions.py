"""Projects with one revision, for the linter."""

from pathlib import Path
from textwrap import indent

from schemaproof.history.history import load_history
from schemaproof.lint.revisions import LintedRevision, load, project_printer
from schemaproof.project import Project

HEAD = '''"""A revision."""

import sqlalchemy as sa
from alembic import op

revision = "0000000000aa"
down_revision = None
'''
DOWNGRADE = '\n\ndef downgrade():\n    op.execute("DROP TABLE quantum.x")\n'


def revision(folder: Path, upgrade: str, *, above: str = "", below: str = DOWNGRADE) -> Path:
    """Write a revision; by default the first line of its upgrade is line 11."""
    (folder / "migrations" / "versions").mkdir(parents=True, exist_ok=True)
    path = folder / "migrations" / "versions" / "0000000000aa_case.py"
    body = indent(upgrade, "    ")
    path.write_text(f"{HEAD}{above}\n\ndef upgrade():\n{body}\n{below}", "utf-8")
    return path


def linted(folder: Path) -> LintedRevision:
    """Load the one revision of a folder, as the command does."""
    project = Project(root=folder, script_location=folder / "migrations")
    history = load_history(project)
    (found,) = load(history, history.revisions, project_printer(project))
    return found
