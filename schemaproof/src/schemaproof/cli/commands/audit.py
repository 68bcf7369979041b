"""The command ``audit``: a group."""

from typing import Final

from schemaproof.cli import exit_codes
from schemaproof.cli.program import LazyGroup

COMMANDS: Final = {
    "install": "schemaproof.cli.commands.audit_install",
    "revision": "schemaproof.cli.commands.audit_revision",
    "show": "schemaproof.cli.commands.audit_show",
    "status": "schemaproof.cli.commands.audit_status",
    "uninstall": "schemaproof.cli.commands.audit_uninstall",
}

command = LazyGroup(
    name="audit",
    modules={"Commands": COMMANDS},
    help="Record who changes the schema, and show who did.",
    epilog=exit_codes.TABLE,
    context_settings={"help_option_names": ["-h", "--help"]},
)
