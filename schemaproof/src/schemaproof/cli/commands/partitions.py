"""The command ``partitions``: a group."""

from typing import Final

from schemaproof.cli import exit_codes
from schemaproof.cli.program import LazyGroup

COMMANDS: Final = {
    "archive": "schemaproof.cli.commands.partitions_archive",
    "detach": "schemaproof.cli.commands.partitions_detach",
    "ensure": "schemaproof.cli.commands.partitions_ensure",
    "restore": "schemaproof.cli.commands.partitions_restore",
}

command = LazyGroup(
    name="partitions",
    modules={"Commands": COMMANDS},
    help="Create, detach, archive and restore partitions by time.",
    epilog=exit_codes.TABLE,
    context_settings={"help_option_names": ["-h", "--help"]},
)
