"""The contract of completeness: a decision for every column of every system catalog."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

_WRITTEN: Final = re.compile(
    r"(?:(?P<bound>from|until) (?P<major>\d+); )?"
    r"(?:(?P<identity>identity)"
    r"|ignored: (?P<reason>.+)"
    r"|compared: (?P<compared>.+)"
    r"|printed by (?P<function>\w+): (?P<printed>.+))"
)
WHOLE_CATALOG: Final = "*"


class Fate(StrEnum):
    """How a catalog column is used."""

    IDENTITY = "identity"
    COMPARED = "compared"
    PRINTED = "printed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one catalog column, and its reason.

    Attributes:
        fate: How it is used.
        codes: The codes under which another value is reported.
        function: The function of PostgreSQL that prints it.
        reason: Why it is ignored.
        since: The first major version that has it; None when all do.
        until: The last major version that has it; None when all do.
    """

    fate: Fate
    codes: tuple[str, ...] = ()
    function: str | None = None
    reason: str | None = None
    since: int | None = None
    until: int | None = None

    def holds_on(self, major: int) -> bool:
        """Whether a server of this major version has the column."""
        return (self.since or major) <= major <= (self.until or major)


def decisions() -> Mapping[str, Mapping[str, Decision]]:
    """Return the decision on each column, by catalog; ``*`` decides on a whole catalog.

    Raises:
        ValueError: A decision is not written as the head of the file says.
    """
    text = files("schemaproof.catalog.contract").joinpath("decisions.toml").read_text("utf-8")
    return {
        catalog: {
            column: _decision(written)
            for columns, written in rows.items()
            for column in columns.split()
        }
        for catalog, rows in tomllib.loads(text).items()
    }


def _decision(written: str) -> Decision:
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise ValueError(f"not a decision: {written!r}")
    found = match.groupdict()
    codes = found["compared"] or found["printed"] or ""
    major = int(found["major"]) if found["major"] else None
    return Decision(
        fate=_fate(found),
        codes=tuple(codes.split(", ")) if codes else (),
        function=found["function"],
        reason=found["reason"],
        since=major if found["bound"] == "from" else None,
        until=major if found["bound"] == "until" else None,
    )


def _fate(found: Mapping[str, str | None]) -> Fate:
    if found["identity"]:
        return Fate.IDENTITY
    if found["reason"]:
        return Fate.IGNORED
    return Fate.PRINTED if found["printed"] else Fate.COMPARED
