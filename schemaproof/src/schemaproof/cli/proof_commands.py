"""The commands of the proof, each with the module that holds it."""

from typing import Final

COMMANDS: Final = {
    "adopt": "schemaproof.cli.commands.adopt",
    "audit": "schemaproof.cli.commands.audit",
    "blame": "schemaproof.cli.commands.blame",
    "check": "schemaproof.cli.commands.check",
    "completion": "schemaproof.cli.commands.completion",
    "diff": "schemaproof.cli.commands.diff",
    "downgrade": "schemaproof.cli.commands.downgrade",
    "history": "schemaproof.cli.commands.history",
    "lint": "schemaproof.cli.commands.lint",
    "log": "schemaproof.cli.commands.log",
    "plan": "schemaproof.cli.commands.plan",
    "revision": "schemaproof.cli.commands.revision",
    "roles": "schemaproof.cli.commands.roles",
    "snapshot": "schemaproof.cli.commands.snapshot",
    "status": "schemaproof.cli.commands.status",
    "upgrade": "schemaproof.cli.commands.upgrade",
    "watch": "schemaproof.cli.commands.watch",
}
