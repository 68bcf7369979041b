"""The contract of completeness: a decision for every column of every system catalog."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

_WRITTEN: Final = re.compile(
    r"(?:(?P<bound>from|until) (?P<major>\d+); )?"
    r"(?:identity"
    r"|ignored: (?P<reason>.+)"
    r"|(?:compared|printed by (?P<function>\w+)): (?P<codes>.+))"
)
WHOLE_CATALOG: Final = "*"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one catalog column: compared, ignored, or else part of an identity.

    Attributes:
        codes: The codes under which a different value is reported.
        function: The function of PostgreSQL that prints what is compared, if one does.
        reason: The reason to ignore the column.
        since: The first major version that has the column; None when all do.
        until: The last major version that has the column; None when all do.
    """

    codes: tuple[str, ...] = ()
    function: str | None = None
    reason: str | None = None
    since: int | None = None
    until: int | None = None

    def holds_on(self, major: int) -> bool:
        """Whether a server of this major version has the column."""
        return (self.since or major) <= major <= (self.until or major)


def decisions() -> Mapping[str, Mapping[str, Decision]]:
    """Return the decision on each column, by catalog; ``*`` stands for all of a catalog.

    Raises:
        ValueError: A decision does not have the form that the head of the file describes.
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
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"not a decision: {written!r}")
    major = int(found["major"]) if found["major"] else None
    return Decision(
        codes=tuple(found["codes"].split(", ")) if found["codes"] else (),
        function=found["function"],
        reason=found["reason"],
        since=major if found["bound"] == "from" else None,
        until=major if found["bound"] == "until" else None,
    )
