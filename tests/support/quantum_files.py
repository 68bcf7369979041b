"""Small files of Quantum ADN 2.0, which tests load and damage."""

import json
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from core.errors import LoadError
from loading import quantum_adn
from loading.merge import Merged
from tests.support.repository_rows import Store

TABLES: Final = ("team_quantum_dna", "quantum_strategies", "quantum_friction_matrix")
TEAMS, STRATEGIES, FRICTION = TABLES


def team_line(number: int, **values: Any) -> dict[str, Any]:
    return {
        "team_id": number,
        "team_name": f"Team {number}",
        "league": "Serie A",
        "market_dna": {"over": True, "factor": 0.1},
        "total_pnl": 22,
        "win_rate": None,
        **values,
    }


def strategy_line(number: int, **values: Any) -> dict[str, Any]:
    return {
        "strategy_id": number,
        "team_id": 11,
        "strategy_name": f"S{number}",
        "stake_multiplier": None,
        "min_edge": None,
        "is_active": True,
        "total_bets": 13,
        "season": "2024-25",
        **values,
    }


def pair_line(number: int, home: int, away: int, **values: Any) -> dict[str, Any]:
    return {
        "friction_id": number,
        "team_home_id": home,
        "team_away_id": away,
        "friction_score": 55,
        "season": "2024-25",
        **values,
    }


class Files:
    """A folder with the three files, three lines each; the ids have gaps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: dict[str, list[dict[str, Any]]] = {
            TEAMS: [team_line(number) for number in (11, 5, 30)],
            STRATEGIES: [strategy_line(number) for number in (4, 8, 2)],
            FRICTION: [pair_line(9, 11, 5), pair_line(3, 5, 30), pair_line(40, 30, 11)],
        }
        self.write()

    def write(self) -> None:
        for name, lines in self.lines.items():
            self.path(name).write_text(
                "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8"
            )

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def change(self, name: str, line: int, **values: Any) -> None:
        """Change fields of a line, counted from 1."""
        self.lines[name][line - 1].update(values)
        self.write()


def load(store: Store, folder: Path) -> Mapping[str, Merged]:
    with store.unit_of_work() as uow:
        done = quantum_adn.load(uow, folder)
        uow.commit()
    return done


def versions(store: Store) -> list[tuple[Any, ...]]:
    """Return the transaction, the position and the time stamp of each row, to detect writes."""
    return [
        row
        for table in TABLES
        for row in store.ask(
            f"SELECT '{table}', xmin::text, ctid::text, t::text FROM quantum.{table} AS t"
            " ORDER BY ctid"
        )
    ]


def counts(store: Store) -> list[int]:
    return [store.count(f"quantum.{table}") for table in TABLES]


@contextmanager
def refused(store: Store, file: str, line: int | None, reason: str) -> Any:
    """Expect an error with file, line and reason, and no row of the load in the database."""
    before = versions(store)
    with pytest.raises(LoadError, match=reason) as caught:
        yield
    error = caught.value
    assert (error.file, error.line) == (f"{file}.jsonl", line)
    assert str(error).startswith(f"{file}.jsonl{'' if line is None else f', line {line}'}: ")
    assert error.remedy
    assert "\n" not in str(error)
    assert versions(store) == before
