"""Kinds of changes, read from SQL files; PostgreSQL itself composes their statements.

In a file ``NAME.sql`` each kind is a comment and its statements::

    -- name | codes | FROM clause that selects its targets from targets.sql | option: value ALTER
    TABLE {ref} ALTER {quoted} TYPE varchar({modifier + 6});

Braces contain an SQL expression over the row: ``{ref}``, or ``{ref!L}`` for a literal; literal
braces are doubled. A row is skipped if its statement is null.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

OLDEST: Final = 15
NEWEST: Final = 99
_SLOT: Final = re.compile(r"{{|}}|{((?:[^{}'!]|'[^']*'|!(?![IL]}))+)(?:!([IL]))?}|%|'")
_ESCAPED: Final = {"{{": "{", "}}": "}", "%": "%%", "'": "''"}


@dataclass(frozen=True)
class Kind:
    """A kind of change.

    Attributes:
        name: The name in the report.
        source: The FROM clause that selects its targets from the views of ``targets.sql``.
        statement: The SQL expression that writes the statement for one row; null skips the row.
        codes: The correct codes of a finding; ``{}`` is replaced by the code of the row, such as
            ``unique-index``.
        names: The SQL expression for the names that a finding's path has to contain.
        lost: The reason why no script can undo it; empty when one can.
        here: The reason why environments may differ in it, so that it is not drift; empty when it
            is drift.
        since: The first major version that supports it.
        until: The last major version that supports it.
    """

    name: str
    source: str
    statement: str
    codes: str = ""
    names: str = "names"
    lost: str = ""
    here: str = ""
    since: int = OLDEST
    until: int = NEWEST

    @property
    def query(self) -> str:
        """The query for the targets of the kind: names in the path, beginning of the codes, DDL."""
        return (
            f"SELECT names, code, ddl FROM (SELECT {self.names} AS names, code, "
            f"{self.statement} AS ddl FROM {self.source}) AS target "
            "WHERE ddl IS NOT NULL ORDER BY md5(names::text), ddl"
        )

    def codes_for(self, code: str) -> frozenset[str]:
        return frozenset(self.codes.replace("{}", code).split())


@dataclass(frozen=True)
class Mutation:
    """One change to one object."""

    kind: Kind
    names: tuple[str, ...]
    codes: frozenset[str]
    statement: str


def kinds(package: str, *names: str) -> tuple[Kind, ...]:
    """Read the kinds of each ``NAME.sql`` of a package."""
    texts = (files(package).joinpath(f"{name}.sql").read_text("utf-8") for name in names)
    # The first paragraph describes the file.
    return tuple(_kind(block) for text in texts for block in text.strip().split("\n\n")[1:])


def _kind(block: str) -> Kind:
    lines = block.splitlines()
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    statements = [line.strip() for line in lines if not line.startswith("--")]
    name, codes, source, *options = " ".join(comments).split(" | ")
    others = dict(option.split(": ", 1) for option in options)
    return Kind(
        name,
        source,
        _expression(" ".join(statements).removesuffix(";")),
        "" if codes == "-" else codes,
        names=_names(others),
        lost=others.get("lost", ""),
        here=others.get("here", ""),
        since=int(others.get("since", OLDEST)),
        until=int(others.get("until", NEWEST)),
    )


def _names(options: Mapping[str, str]) -> str:
    if "new" in options:
        return f"names || '{options['new']}'::text"
    if "name" in options:
        return f"ARRAY['{options['name']}']"
    return options.get("names", "names")


def _expression(template: str) -> str:
    """Return the SQL expression that a template describes."""
    slots = [found for found in _SLOT.finditer(template) if found[1]]
    if len(slots) == 1 and slots[0][0] == template:
        return slots[0][1]
    text = _SLOT.sub(lambda found: _ESCAPED.get(found[0], f"%{found[2] or 's'}"), template)
    return f"format('{text}'{''.join(f', {slot[1]}' for slot in slots)})"
