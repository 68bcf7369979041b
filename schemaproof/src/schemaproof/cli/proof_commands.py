"""The commands with their modules, under the headings of the help."""

from typing import Final

COMMANDS: Final = {
    "Every day": {
        "check": "schemaproof.cli.commands.check",
        "history": "schemaproof.cli.commands.history",
        "partitions": "schemaproof.cli.commands.partitions",
        "status": "schemaproof.cli.commands.status",
        "watch": "schemaproof.cli.commands.watch",
    },
    "Schema changes": {
        "downgrade": "schemaproof.cli.commands.downgrade",
        "lint": "schemaproof.cli.commands.lint",
        "merge": "schemaproof.cli.commands.merge",
        "plan": "schemaproof.cli.commands.plan",
        "revision": "schemaproof.cli.commands.revision",
        "snapshot": "schemaproof.cli.commands.snapshot",
        "squash": "schemaproof.cli.commands.squash",
        "upgrade": "schemaproof.cli.commands.upgrade",
    },
    "Reading the schema": {
        "blame": "schemaproof.cli.commands.blame",
        "diagram": "schemaproof.cli.commands.diagram",
        "diff": "schemaproof.cli.commands.diff",
        "docs": "schemaproof.cli.commands.docs",
        "log": "schemaproof.cli.commands.log",
    },
    "Existing database": {
        "adopt": "schemaproof.cli.commands.adopt",
        "audit": "schemaproof.cli.commands.audit",
        "roles": "schemaproof.cli.commands.roles",
    },
    "Program": {"completion": "schemaproof.cli.commands.completion"},
}
