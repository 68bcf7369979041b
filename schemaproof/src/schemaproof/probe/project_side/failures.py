"""Turn errors of the project's code into answers of one line; the log gets the traceback."""

from __future__ import annotations

import traceback
from typing import Any, Callable

_DEPENDENT = frozenset(("2BP01", "0A000"))
"""The SQLSTATEs of errors whose detail names the objects that depend on another."""


class FailedError(Exception):
    """An error whose message can be shown to the reader as it is.

    Attributes:
        kind: The kind of failure.
    """

    def __init__(self, kind: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details


def answered(work: Callable[[], Any]) -> dict[str, Any]:
    """Return the result of the work, or why it failed."""
    try:
        return {"ok": work()}
    except FailedError as error:
        traceback.print_exc()
        return {"error": {"kind": error.kind, "message": str(error), **error.details}}
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        return {"error": described(error)}


def described(error: BaseException) -> dict[str, Any]:
    """Return the facts of an error, for an answer in JSON."""
    return {
        "kind": "exception",
        "message": first_line(error),
        "type": type(error).__name__,
        "sqlstate": sqlstate(error),
        "statement": getattr(error, "statement", None),
        "module": error.name if isinstance(error, ImportError) else None,
        "errno": error.errno if isinstance(error, OSError) else None,
    }


def first_line(error: BaseException) -> str:
    """Return the error in one line, without the statement and its parameters."""
    original = getattr(error, "orig", None)
    if isinstance(original, BaseException):
        # SQLAlchemy's adapter for asyncpg puts the name of the class before the message, so its
        # cause is used.
        cause = original.__cause__ if hasattr(original.__cause__, "sqlstate") else None
        text = _pg8000_field(original, "M") or str(cause or original)
        line = text.strip().partition("\n")[0]
        detail = _detail(cause or original) if sqlstate(error) in _DEPENDENT else None
        return f"{line} ({' '.join(detail.split())})" if detail else line
    return " ".join(f"{type(error).__name__}: {error}".split())


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE of an error; None if the server sent none."""
    original = getattr(error, "orig", None) or error
    for name in ("pgcode", "sqlstate"):
        code = getattr(original, name, None)
        if code:
            return str(code)
    fields = _fields_of_pg8000(original)
    return fields.get("C") if fields else None


def _detail(error: BaseException) -> str | None:
    """Return the detail of an error by any driver."""
    diagnostics = getattr(error, "diag", error)
    for name in ("message_detail", "detail"):
        if isinstance(found := getattr(diagnostics, name, None), str):
            return found
    return _pg8000_field(error, "D")


def _pg8000_field(error: BaseException, name: str) -> str | None:
    fields = _fields_of_pg8000(error)
    return fields.get(name) if fields else None


def _fields_of_pg8000(error: BaseException) -> dict[str, str] | None:
    return error.args[0] if error.args and isinstance(error.args[0], dict) else None
