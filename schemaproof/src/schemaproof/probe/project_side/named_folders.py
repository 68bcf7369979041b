"""Folders of revisions that env.py names, and not the configuration of Alembic."""

from __future__ import annotations

import copy
from typing import Any, Sequence


def know(script: Any, folders: Sequence[str]) -> None:
    """Set the folders that env.py will set, so that the revisions can be loaded before it runs.

    If env.py sets the same folders, the loaded revisions stay. If it sets others, the revisions in
    those are loaded instead.

    Args:
        script: The ``ScriptDirectory`` of Alembic, which has not loaded its revisions yet.
        folders: The folders that env.py is expected to set.
    """
    from alembic.script import ScriptDirectory

    script.version_locations = [*folders]
    unread = {**vars(script), "revision_map": copy.copy(script.revision_map)}

    class Known(ScriptDirectory):
        @property
        def version_locations(self) -> Any:
            return vars(self)["version_locations"]

        @version_locations.setter
        def version_locations(self, named: Any) -> None:
            if [str(one) for one in named or ()] != [*folders]:
                vars(self).clear()
                vars(self).update({**unread, "version_locations": named})

    script.__class__ = Known
