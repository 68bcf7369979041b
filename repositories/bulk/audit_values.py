"""The audit values that a bulk write adds to the given rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AuditValues:
    """The audit columns that are written with the rows: actor, reason, time.

    Attributes:
        on_insert: The values for a new row.
        on_update: The values for a changed row.
    """

    on_insert: Mapping[str, Any] = field(default_factory=dict)
    on_update: Mapping[str, Any] = field(default_factory=dict)
