"""Repair owners and privileges, with the real names of the roles."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from schemaproof.compare.attributes import Grants, same_grants
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.values import UNNAMED_PARTS, Grant
from schemaproof.sql import quoting

WHOEVER_CREATES: Final = "whoever runs the script"
"""The owner of an object that was just created, before it gets its expected owner."""
# acldefault() grants these privileges to PUBLIC (PostgreSQL manual, 5.8 Privileges).
_PUBLIC: Final = {
    **dict.fromkeys(("ROUTINE", "FUNCTIONS"), "EXECUTE"),
    **dict.fromkeys(("TYPE", "TYPES", "DOMAIN", "LANGUAGE"), "USAGE"),
}


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the roles of this database, by the part that each plays in the project.

    Attributes:
        owner: The owner of the schema.
        parts: The name of the role for each part that the project names.
        given: The default privileges on new objects, by ``tables``, ``functions`` and so on.
    """

    owner: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)

    def to_new(self, objects: str, expected: Grants) -> Grants:
        """Return the default privileges on a new object; None if none are given or expected."""
        given = self.given.get(objects)
        return None if expected is None or not given else given

    def named(self, part: str) -> str | None:
        """Return the role that plays a part, quoted; None when it is unknown."""
        if part == "PUBLIC":
            return part
        name = self.owner if part == "owner" else self.parts.get(part)
        return None if name is None else quoting.name(name)


@dataclass(frozen=True, slots=True)
class Target:
    """The object with an owner and grants: ``TABLE q.t``, a column of it, ``ROUTINE q.f(integer)``.

    Attributes:
        path: The path, as in a finding.
        kind: The kind of object, as GRANT and ALTER ... OWNER name it.
        name: The name, qualified and quoted.
        column: The column, quoted, when the privileges are on a column.
        prefix: The beginning of every statement about its privileges.
        usual: Whether the object has the usual privileges, which are not listed.
    """

    path: ObjectPath
    kind: str
    name: str
    column: str | None = None
    prefix: str = ""
    usual: bool = True


def owner(target: Target, expected: str | None, actual: str | None, roles: Roles) -> Iterator[Step]:
    """Change the owner of an object to the expected one."""
    new = roles.named(expected or "owner")
    if expected != actual and new is not None:
        sql = f"ALTER {target.kind} {target.name} OWNER TO {new}"
        yield Step(target.path, Phase.OWNERS, sql)


def privileges(target: Target, expected: Grants, actual: Grants, roles: Roles) -> Iterator[Step]:
    """Revoke the unexpected grants, and grant the missing ones.

    A changed grant stays with the role that has it now. There is no step for a part whose role
    neither the project nor the database names.
    """
    if same_grants(expected, actual):
        return
    counted = {grant.part for grant in expected or ()} | UNNAMED_PARTS
    wanted = _all_grants(target, expected)
    found = [grant for grant in _all_grants(target, actual) if grant.part in counted]
    holders: dict[str, list[str]] = {}
    for grant in _without(found, wanted):
        who = _holder(grant, roles)
        if who is not None:
            holders.setdefault(grant.part, []).append(who)
            yield _step(target, f"REVOKE ALL{_columns(target)} ON {_on(target)} FROM {who}")
    for grant in _without(wanted, found):
        if grant.privileges == "nothing":
            continue
        former = holders.get(grant.part)
        who = former.pop(0) if former else roles.named(grant.part)
        if who is not None:
            yield from _granted(target, who, grant.privileges)


def kept(target: Target, expected: Grants, former: Grants) -> Iterator[Step]:
    """Grant privileges of this environment again, on an object that was created again."""
    decided = {grant.part for grant in expected or ()} | UNNAMED_PARTS
    for grant in former or ():
        if grant.part not in decided and grant.role is not None and grant.privileges != "nothing":
            yield from _granted(target, quoting.name(grant.role), grant.privileges)


def _all_grants(target: Target, grants: Grants) -> list[Grant]:
    """Return the grants, including the default ones, which are not listed."""
    if target.column is not None or not target.usual:
        return [*(grants or ())]
    listed = _usual(target) if grants is None else grants
    own = () if any(grant.part == "owner" for grant in listed) else (Grant("owner", "ALL"),)
    return [*own, *listed]


def _without(some: list[Grant], others: list[Grant]) -> list[Grant]:
    rest = others.copy()
    left = []
    for grant in some:
        if grant in rest:
            rest.remove(grant)
        else:
            left.append(grant)
    return left


def _holder(grant: Grant, roles: Roles) -> str | None:
    if grant.part == "PUBLIC" or grant.role is None:
        return roles.named(grant.part)
    return quoting.name(grant.role)


def _granted(target: Target, who: str, names: str) -> Iterator[Step]:
    grantable = [name.rstrip("*") for name in names.split(", ") if name.endswith("*")]
    others = [name for name in names.split(", ") if not name.endswith("*")]
    for words, option in ((others, ""), (grantable, " WITH GRANT OPTION")):
        if words:
            what = ", ".join(f"{word}{_columns(target)}" for word in words)
            yield _step(target, f"GRANT {what} ON {_on(target)} TO {who}{option}")


def _usual(target: Target) -> tuple[Grant, ...]:
    usual = _PUBLIC.get(target.kind)
    return () if usual is None else (Grant("PUBLIC", usual),)


def _on(target: Target) -> str:
    kind = re.sub("^(MATERIALIZED |FOREIGN )?(TABLE|VIEW)$", "TABLE", target.kind)
    kind = {"SERVER": "FOREIGN SERVER"}.get(kind, kind)
    return f"{kind} {target.name}".rstrip()


def _columns(target: Target) -> str:
    return f" ({target.column})" if target.column else ""


def _step(target: Target, sql: str) -> Step:
    return Step(target.path, Phase.GRANTS, target.prefix + sql)
