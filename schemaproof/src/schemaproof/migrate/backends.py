"""Other sessions of the server, as messages describe them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

QUERY_SHOWN: Final = 200
_HIDDEN: Final = "<insufficient privilege>"


@dataclass(frozen=True, slots=True)
class Backend:
    """A session in ``pg_stat_activity``; None for values that this role may not see.

    Attributes:
        pid: The server process.
        application_name: The name that the client gives itself.
        usename: The role it logged in as.
        state: ``active``, ``idle in transaction``, ...
        backend_start: The time when it connected.
        xact_start: The time when its transaction began.
        query: Its last statement, which may be running.
    """

    pid: int
    application_name: str | None = None
    usename: str | None = None
    state: str | None = None
    backend_start: datetime | None = None
    xact_start: datetime | None = None
    query: str | None = None

    def __str__(self) -> str:
        since = self.xact_start or self.backend_start
        facts = [
            f"user {self.usename}" if self.usename else "",
            self.application_name or "",
            self.state or "",
            f"since {since:%Y-%m-%d %H:%M:%S %Z}" if since else "",
        ]
        named = f"pid {self.pid} ({', '.join(fact for fact in facts if fact)})"
        if not self.query or self.query == _HIDDEN:
            return named.replace(" ()", "")
        return f"{named}: {' '.join(self.query.split())[:QUERY_SHOWN]}"


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Backend, ...]:
    """Convert rows to sessions; rows without a pid are skipped."""
    names = [field.name for field in fields(Backend)]
    return tuple(
        Backend(**{name: row[name] for name in names}) for row in rows if row["pid"] is not None
    )


def described(backends: Iterable[Backend]) -> str:
    """Describe several sessions in one text."""
    return "; ".join(str(backend) for backend in backends)
