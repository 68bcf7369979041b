"""Cache results that need a scratch database or a run of the project's Python.

A difference can stay for days, and each check at an interval would compute it again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from schemaproof.check.model_findings import model_findings
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history.history import History


class Memory:
    """A cache of the last results, each with the key that it depends on."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Hashable, Any]] = {}

    def answer(
        self, name: str, key: Hashable, work: Callable[[], Any], is_final: Callable[[Any], bool]
    ) -> Any:
        """Return the cached result, or compute it.

        Args:
            name: The name of the result.
            key: A value that changes whenever the result may change.
            work: The function that computes the result.
            is_final: The function that says whether a result may be cached.
        """
        known = self._known.get(name)
        if known is not None and known[0] == key:
            return known[1]
        found = work()
        if is_final(found):
            self._known[name] = key, found
        return found

    def models(
        self, history: History, schemas: tuple[str, ...], scratch: ScratchQueries
    ) -> Iterable[Finding]:
        """Return the findings about the models, as ``model_findings`` does.

        The models are loaded again when the history or one of their files changes. If the files are
        unknown, because env.py passes the models to Alembic, the program has to be restarted.
        """
        key = history.heads, history.recorded_heads, schemas, scratch.model_sources()
        found: tuple[Finding, ...] = self.answer(
            "models", key, lambda: tuple(model_findings(history, schemas, scratch)), _is_verified
        )
        return found


def _is_verified(found: Iterable[Finding]) -> bool:
    return not any(one.kind is Kind.UNVERIFIED for one in found)
