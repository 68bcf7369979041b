"""Repairing owners and privileges: the parts that roles play become the names of roles again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from introspection.compare.tools import Grants, same_grants
from introspection.repair import ddl
from introspection.repair.steps import Phase, Step
from introspection.shapes import Grant

# What acldefault() gives to PUBLIC (manual, 5.8 Privileges).
_PUBLIC: Final = {"ROUTINE": "EXECUTE", "TYPE": "USAGE", "DOMAIN": "USAGE", "LANGUAGE": "USAGE"}


@dataclass(frozen=True, slots=True)
class Roles:
    """The names that the parts have in this database.

    Attributes:
        owner: The owner of the schema.
        parts: The name of the role for each part that the project names.
    """

    owner: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    def named(self, part: str) -> str | None:
        """Return who plays a part, quoted; None when nobody knows."""
        if part == "PUBLIC":
            return part
        name = self.owner if part == "owner" else self.parts.get(part)
        return None if name is None else ddl.name(name)


@dataclass(frozen=True, slots=True)
class Target:
    """What is owned and granted: ``TABLE q.t``, a column of it, ``ROUTINE q.f(integer)``.

    Attributes:
        path: As a finding names it.
        kind: The word of GRANT and ALTER ... OWNER.
        name: Qualified and quoted.
        column: The column, quoted, when the privileges are on a column.
    """

    path: str
    kind: str
    name: str
    column: str | None = None


def owner(target: Target, expected: str | None, actual: str | None, roles: Roles) -> Iterator[Step]:
    """Give an object to the one who should own it."""
    new = roles.named(expected or "owner")
    if expected != actual and new is not None:
        sql = f"ALTER {target.kind} {target.name} OWNER TO {new}"
        yield Step(target.path, Phase.OWNERS, sql)


def privileges(target: Target, expected: Grants, actual: Grants, roles: Roles) -> Iterator[Step]:
    """Take back every grant that is there, and make those that should be."""
    if same_grants(expected, actual):
        return
    for grant in actual or ():
        who = grant.part if grant.part == "PUBLIC" else grant.role and ddl.name(grant.role)
        if who and grant.part != "owner":
            yield _step(target, f"REVOKE ALL{_columns(target)} ON {_on(target)} FROM {who}")
    yield from _granted(target, "owner", "ALL", roles)
    for grant in _usual(target) if expected is None else expected:
        if grant.part == "owner":
            yield _step(
                target,
                f"REVOKE ALL{_columns(target)} ON {_on(target)} FROM {roles.named('owner')}",
            )
        yield from _granted(target, grant.part, grant.privileges, roles)


def _granted(target: Target, part: str, names: str, roles: Roles) -> Iterator[Step]:
    who = roles.named(part)
    if who is None or (target.column and part == "owner" and names == "ALL"):
        return
    grantable = [name.rstrip("*") for name in names.split(", ") if name.endswith("*")]
    others = [name for name in names.split(", ") if not name.endswith("*")]
    for words, option in ((others, ""), (grantable, " WITH GRANT OPTION")):
        if words:
            what = ", ".join(f"{word}{_columns(target)}" for word in words)
            yield _step(target, f"GRANT {what} ON {_on(target)} TO {who}{option}")


def _usual(target: Target) -> tuple[Grant, ...]:
    usual = _PUBLIC.get(target.kind)
    return () if usual is None or target.column else (Grant("PUBLIC", usual),)


def _on(target: Target) -> str:
    kind = re.sub("^(MATERIALIZED |FOREIGN )?(TABLE|VIEW)$", "TABLE", target.kind)
    kind = {"SERVER": "FOREIGN SERVER"}.get(kind, kind)
    return f"{kind} {target.name}"


def _columns(target: Target) -> str:
    return f" ({target.column})" if target.column else ""


def _step(target: Target, sql: str) -> Step:
    return Step(target.path, Phase.GRANTS, sql)
