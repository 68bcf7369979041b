"""docs/commands.md and docs/lint-rules.md, from what commands and rules say of themselves.

python -m tests.docs.reference
"""

from collections.abc import Iterator
from typing import Final

import click

from cli.main import group
from schemaproof.lint.rules import DATABASE_RULES, SQUAWK_OPINIONS, STATIC_RULES
from schemaproof_testing.project import ROOT

PAGE: Final = ROOT / "docs" / "commands.md"
RULES_PAGE: Final = ROOT / "docs" / "lint-rules.md"
WIDTH: Final = 80
_RULES: Final = """# The rules of `lint`

Beside these, [squawk](https://squawkhq.com/docs/rules) reads the SQL of the revisions. An error is
exit code 5; a warning is exit code 5 with `--strict` alone. A rule that is off is about how a
project works, and holds where `lint-enable` of `[tool.schemaproof]` names it. `lint-ignore` leaves
one out, as `rule` or `revision:rule`.

What there is to say against the file of a revision that is applied to the database is a note. A
migration is refused for the file of a revision that is not recorded yet, and for rows. Revisions
that cannot be used ([checking](checking.md)) are exit code 4.

Of squawk's, these are off, because they are about what the models declare: {off}.
What squawk says of the work that a statement makes is left out where the snapshots around the
revision show that it changes the catalog only, and what it says of clients where the revision
declares `phase = "contract"`.
"""


def reference() -> str:
    """The page as it should be."""
    sections = [f"## {path}\n\n```\n{text}\n```\n" for path, text in _helps(group, "monps-db")]
    return "# Commands\n\n" + "\n".join(sections)


def _helps(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path, max_content_width=WIDTH, terminal_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (child := command.get_command(context, name)) is not None:
                yield from _helps(child, f"{path} {name}")


def rules_page() -> str:
    """The page of the rules as it should be."""
    off = ", ".join(f"`{name}`" for name in sorted(SQUAWK_OPINIONS))
    parts = [_RULES.format(off=off)]
    for title, rules in (
        ("What the files and their SQL say", STATIC_RULES),
        ("What the rows, sizes and owners of a database say of pending revisions", DATABASE_RULES),
    ):
        parts.append(f"## {title}\n")
        for name, rule in rules.items():
            off = ", off unless it is asked for" if rule.is_opinion else ""
            advice = f" {rule.remedy[0].upper()}{rule.remedy[1:]}." if rule.remedy else ""
            meaning = f"{rule.meaning[0].upper()}{rule.meaning[1:]}."
            parts.append(f"### {name}\n\n{rule.level.capitalize()}{off}. {meaning}{advice}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
    RULES_PAGE.write_text(rules_page(), "utf-8")
