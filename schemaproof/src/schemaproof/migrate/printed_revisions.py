"""The SQL of revisions, printed in the process that migrates: Alembic has loaded them."""

from collections.abc import Iterable

from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from schemaproof.history.probe_results import Printed, PrintedStatement
from schemaproof.migrate.alembic_output import quiet_log
from schemaproof.probe.project_side import failures, offline


def printed(script: ScriptDirectory, metadata: MetaData, revisions: Iterable[str]) -> Printed:
    """Return the statements of each revision's upgrade, or why they are unknown."""
    found: Printed = {}
    for revision in revisions:
        try:
            with quiet_log():
                # Alembic logs "Generating static SQL", which would look like the work itself.
                statements = offline.printed(script.get_revision(revision), metadata)
        # This is the project's own code.
        except Exception as error:  # noqa: BLE001 - it is the project's own code
            found[revision] = ((), failures.first_line(error))
        else:
            found[revision] = ([PrintedStatement(**one) for one in statements], None)
    return found
