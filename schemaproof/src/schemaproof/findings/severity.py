"""How bad a finding is, and what its code means to its reader."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    BREAKING = "breaking"
    """A query or a later migration fails or returns wrong data."""
    INTEGRITY = "integrity"
    """A protection is gone."""
    OPERATIONAL = "operational"
    """Speed, security, maintenance."""
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Code:
    """What a finding of this code means to its reader."""

    severity: Severity
    recommendation: str


RESTORE = "Restore it as the model declares it, or change the model and write a revision."
REMOVE = "Drop it if nobody needs it, or add it to the model and write a revision."
DATA_FIRST = "Check that the data fits, then restore it as the model declares it."
GIVE_BACK = "Give it back to the owner of the schema: a later migration must be owner of it."
GRANTS = (
    "Restore the privileges, or declare them; a role that differs between environments gets a part"
    " in [tool.schemaproof.roles]."
)
