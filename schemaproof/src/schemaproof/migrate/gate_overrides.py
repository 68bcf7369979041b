"""Overrides of the gate, with a reason: ``-x allow=drift -x reason=...``, or ``--allow``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemaproof.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

GROUNDS: Final = ("drift", "tampering", "heads", "lint", "sessions")
"""The grounds on which the gate refuses a migration."""
ATTRIBUTE: Final = "schemaproof.request"
"""The key in ``Config.attributes`` under which callers of Alembic's Python API put
:class:`GateOverrides`."""
DATA_LOSS: Final = "data-loss"
"""The word that the ledger records for a downgrade that may lose data."""
_ACCEPT: Final = "accept-data-loss"


@dataclass(frozen=True, slots=True)
class GateOverrides:
    """Overrides of the gate, with a reason that the ledger records.

    Attributes:
        allowed: Some of ``GROUNDS``.
        reason: The reason.
        accepts_data_loss: Whether a downgrade may lose data; that needs no reason.
    """

    allowed: frozenset[str] = frozenset()
    reason: str | None = None
    accepts_data_loss: bool = False


def make_overrides(
    allowed: Iterable[str], reason: str | None, *, accepts_data_loss: bool = False
) -> GateOverrides:
    """Make overrides from the user's options.

    Raises:
        ConfigurationError: There is no such ground, or no reason for it.
    """
    given = frozenset(
        ground.strip() for text in allowed for ground in text.split(",") if ground.strip()
    )
    if unknown := sorted(given.difference(GROUNDS)):
        raise ConfigurationError(
            f"{unknown[0]!r} cannot be allowed", remedy=f"allow one of {', '.join(GROUNDS)}"
        )
    reason = (reason or "").strip() or None
    if given and reason is None:
        raise ConfigurationError(
            f"allowing {', '.join(sorted(given))} needs a reason",
            remedy="say why: --reason '...' (alembic -x reason='...')",
        )
    return GateOverrides(given, reason, accepts_data_loss)


def overrides_of_config(config: Config) -> GateOverrides:
    """Return the overrides that Alembic's caller gave by ``-x``, or in Python.

    Raises:
        ConfigurationError: An override is invalid (:func:`make_overrides`), or the value of
            ``accept-data-loss`` is neither true nor false.
    """
    given = config.attributes.get(ATTRIBUTE)
    if isinstance(given, GateOverrides):
        return given
    pairs = [text.partition("=") for text in getattr(config.cmd_opts, "x", None) or ()]
    reasons = [value for name, _, value in pairs if name == "reason"]
    accepted = [_is_true(value) for name, _, value in pairs if name == _ACCEPT]
    return make_overrides(
        [value for name, _, value in pairs if name == "allow"],
        reasons[-1] if reasons else None,
        accepts_data_loss=accepted[-1:] == [True],
    )


def _is_true(value: str) -> bool:
    if value not in {"true", "false"}:
        raise ConfigurationError(
            f"{_ACCEPT} is true or false, not {value!r}", remedy=f"write -x {_ACCEPT}=true"
        )
    return value == "true"
