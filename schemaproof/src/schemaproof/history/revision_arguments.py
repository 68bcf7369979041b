"""The arguments of Alembic's command that writes revisions."""

import secrets
from dataclasses import asdict
from typing import Any, Final

from schemaproof.errors import ConfigurationError
from schemaproof.history import application
from schemaproof.history.revision_request import RevisionOptions
from schemaproof.project import Project

_OURS: Final = frozenset({"only", "plain", "rename", "online", "application"})
"""The options that Alembic does not have."""


def command_arguments(project: Project, options: RevisionOptions) -> dict[str, Any]:
    """Return the arguments of Alembic's command.

    Raises:
        ConfigurationError: Two options exclude each other, or an option is not a version.
    """
    if options.online and options.plain:
        raise ConfigurationError(
            "--plain renames at once, and --online serves the old names, too",
            remedy="leave one of them out",
        )
    if options.application is not None:
        application.required(options.application, "--application")
    is_said = options.head != "head" or len(project.target) != 1
    return {
        **{name: value for name, value in asdict(options).items() if name not in _OURS},
        "head": options.head if is_said else project.target[0],
        "rev_id": options.rev_id or secrets.token_hex(6),
        "depends_on": list(options.depends_on) or None,
    }
