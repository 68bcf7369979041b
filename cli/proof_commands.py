"""The commands of the proof, each with the module that holds it."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "adopt": "cli.commands.adopt",
    "check": "cli.commands.check",
    "completion": "cli.commands.completion",
    "downgrade": "cli.commands.downgrade",
    "history": "cli.commands.history",
    "lint": "cli.commands.lint",
    "plan": "cli.commands.plan",
    "revision": "cli.commands.revision",
    "roles": "cli.commands.roles",
    "snapshot": "cli.commands.snapshot",
    "status": "cli.commands.status",
    "upgrade": "cli.commands.upgrade",
}
