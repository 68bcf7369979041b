"""Load the files of Quantum ADN 2.0: teams, strategies, friction."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from loading import jsonl
from loading.merge import Merged, Target, wait_for_others
from repositories.unit_of_work import UnitOfWork

FILES: Final = ("team_quantum_dna", "quantum_strategies", "quantum_friction_matrix")
"""The files, named as their tables, each after the files that its foreign keys refer to."""


def load(
    uow: UnitOfWork, folder: Path, on_progress: Callable[[int], None] = lambda _: None
) -> Mapping[str, Merged]:
    """Merge the files of a folder into the tables; the caller commits.

    Args:
        uow: The unit of work; all files are one transaction.
        folder: The folder that holds the files.
        on_progress: The function that is called with the number of records since the last call.

    Returns:
        The numbers of inserted, updated and unchanged rows, by table.

    Raises:
        LoadError: A file or a line cannot be loaded.
    """
    wait_for_others(uow.session)
    targets = _targets(uow)
    return {
        name: targets[name].merge(jsonl.read(folder / f"{name}.jsonl"), on_progress)
        for name in FILES
    }


def _targets(uow: UnitOfWork) -> Mapping[str, Target[Any]]:
    return {
        "team_quantum_dna": Target(uow.teams, ("team_name",)),
        "quantum_strategies": Target(uow.strategies, ("team_id", "strategy_name", "season")),
        "quantum_friction_matrix": Target(uow.friction, ("team_home_id", "team_away_id", "season")),
    }
