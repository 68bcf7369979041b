"""Load the revisions in the process that migrates, or explain why Alembic cannot."""

from pathlib import Path

from alembic.script import ScriptDirectory

from schemaproof.history import probe_results
from schemaproof.history.broken_history import BrokenHistoryError
from schemaproof.probe.project_side import revision_modules


def require_loadable(script: ScriptDirectory, root: Path) -> None:
    """Make Alembic load the revisions.

    Raises:
        BrokenHistoryError: Alembic cannot load them; the error holds all faults.
    """
    try:
        script.get_heads()
    except (Exception, SystemExit) as error:
        _, faults = probe_results.revisions(revision_modules.read(script))
        if faults:
            raise BrokenHistoryError(faults, root) from error
        raise
