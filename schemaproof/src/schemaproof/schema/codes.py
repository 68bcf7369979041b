"""The codes of findings: the kind of object, the severity, and the advice."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

MISSING: Final = "missing"
UNEXPECTED: Final = "unexpected"
RENAMED: Final = "renamed"


class Code(str):
    """The code of a finding, as reports show it: ``foreign-key-missing``.

    Attributes:
        kind: The kind of object: ``foreign-key``.
        aspect: The aspect that differs: ``missing``.
    """

    __slots__ = ("aspect", "kind")
    kind: str
    aspect: str

    def __new__(cls, kind: str, aspect: str) -> Self:
        """Return the code about an aspect of a kind of object."""
        made = super().__new__(cls, f"{kind}-{aspect}")
        made.kind, made.aspect = kind, aspect
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Return the arguments of a copy."""
        return type(self), (self.kind, self.aspect)


class Severity(StrEnum):
    """The severity of a finding, worst first."""

    BREAKING = "breaking"
    """A query or a later migration fails or returns wrong data."""
    INTEGRITY = "integrity"
    """A protection is gone."""
    OPERATIONAL = "operational"
    """Speed, security or maintenance suffers."""
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The meaning of a code for a reader."""

    severity: Severity
    recommendation: str
    extra: Severity | None = None
    """The severity if something is set that should not be; None if it is the same."""
