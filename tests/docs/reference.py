"""Generate reference pages from the help of commands, from rules, settings and modules.

python -m tests.docs.reference
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from cli.main import group
from schemaproof.lint.rules import DATABASE_RULES, SQUAWK_OPINIONS, STATIC_RULES
from schemaproof_testing.project import ROOT
from tests.docs import written_changes
from tests.docs.picture import picture

FOLDER: Final = ROOT / "docs"
SETTINGS: Final = ROOT / ".env.example"
MODULES: Final = (
    "schemaproof",
    "schemaproof.alembic",
    "schemaproof.cli.connection",
    "schemaproof.cli.exit_codes",
    "schemaproof.cli.options",
    "schemaproof.cli.output",
    "schemaproof.cli.program",
    "schemaproof.cli.start",
    "core.database",
    "core.errors",
    "core.metrics",
    "models",
    "repositories",
    "repositories.aio",
)
WIDTH: Final = 80
_VARIABLE: Final = re.compile(r"(# )?[A-Z_]+=")
_API: Final = """These names are the public interface; everything else may change without notice.
The page is filled when the site is built (`make docs`).
"""
_RULES: Final = """# The rules of `lint`

In addition to these rules, [squawk](https://squawkhq.com/docs/rules) checks the SQL of the
revisions. An error gives exit code 5; a warning gives exit code 5 only with `--strict`. A rule
that is off is a matter of how a project works; to use it, name it in `lint-enable` of
`[tool.schemaproof]`. To leave out a rule, name it in `lint-ignore`, as `rule` or `revision:rule`.

Findings about the file of an applied revision are only notes. A migration is refused because of
findings about the file of a revision that is not recorded yet, and because of findings about
rows. Revisions that cannot be used ([checking](checking.md)) give exit code 4.

These rules of squawk are off, because the models decide about them: {off}. Findings of squawk
about the work of a statement are left out if the snapshots around the revision show that it only
changes the catalog. Findings about clients are left out if the revision declares `phase =
"contract"`.
"""


def reference() -> str:
    """Return the expected text of the page of the commands."""
    sections = [f"## {path}\n\n```\n{text}\n```\n" for path, text in _helps(group, "monps-db")]
    return "# Commands\n\n" + "\n".join(sections)


def _helps(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path, max_content_width=WIDTH, terminal_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    shown = copy(command)
    # The exit codes are the same for all commands, so they are shown once.
    if command is not group:
        shown.epilog = None
    yield path, shown.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (child := command.get_command(context, name)) is not None:
                yield from _helps(child, f"{path} {name}")


def rules_page() -> str:
    """Return the expected text of the page of the rules."""
    off = ", ".join(f"`{name}`" for name in sorted(SQUAWK_OPINIONS))
    parts = [_RULES.format(off=off)]
    for title, rules in (
        ("Rules about the files and their SQL", STATIC_RULES),
        (
            "Rules about pending revisions and the rows, sizes and owners in a database",
            DATABASE_RULES,
        ),
    ):
        parts.append(f"## {title}\n")
        for name, rule in rules.items():
            off = ", off by default" if rule.is_opinion else ""
            advice = f" {rule.remedy[0].upper()}{rule.remedy[1:]}." if rule.remedy else ""
            meaning = f"{rule.meaning[0].upper()}{rule.meaning[1:]}."
            parts.append(f"### {name}\n\n{rule.level.capitalize()}{off}. {meaning}{advice}\n")
    return "\n".join(parts)


def settings_page() -> str:
    """Return the page of the settings: the blocks of .env.example, variables first."""
    introduction, *blocks = SETTINGS.read_text("utf-8").rstrip().split("\n\n")
    parts = ["# Settings\n", _prose(introduction.splitlines())]
    for block in blocks:
        if found := re.fullmatch(r"# --- (.+?) -+", block):
            parts.append(f"## {found[1]}\n")
            continue
        lines = block.splitlines()
        variables = [line.removeprefix("# ") for line in lines if _VARIABLE.match(line)]
        parts.append("\n".join(["```", *variables, "```", ""]))
        parts.append(_prose(line for line in lines if not _VARIABLE.match(line)))
    return "\n".join(parts)


def _prose(lines: Iterable[str]) -> str:
    """Return a comment as a paragraph, with links for the pages that it names."""
    text = "\n".join(line.removeprefix("#").strip() for line in lines) + "\n"
    return re.sub(r"docs/([\w-]+)\.md", r"[\1](\1.md)", text.replace("\\", r"\\"))


def api_page() -> str:
    """Return the page that mkdocstrings fills, with every public name of each module."""
    parts = ["# Python API\n", _API]
    for name in MODULES:
        parts.append(f"## {name}\n")
        parts += [f"::: {name}.{member}\n" for member in sorted(public_names(name))]
    return "\n".join(parts)


def public_names(module: str) -> list[str]:
    """Return the public names of a module: ``__all__``, else its functions and classes."""
    found = import_module(module)
    package = module.rpartition(".")[0] or module
    if names := getattr(found, "__all__", ()):
        return list(names)
    return [
        name
        for name, value in vars(found).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__.startswith(package)
    ]


PAGES: Final[Mapping[Path, Callable[[], str]]] = {
    FOLDER / "api.md": api_page,
    FOLDER / "assets" / "terminal.svg": picture,
    FOLDER / "commands.md": reference,
    FOLDER / "lint-rules.md": rules_page,
    FOLDER / "settings.md": settings_page,
    FOLDER / "written-changes.md": written_changes.page,
}

if __name__ == "__main__":
    for page, written in PAGES.items():
        page.write_text(written(), "utf-8")
