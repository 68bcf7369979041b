"""Load season files, and read the results."""

from pathlib import Path
from typing import Any

from loading.football_data import files
from loading.football_data.account import Account
from loading.merge import Merged
from tests.support.repository_rows import Store


def load(store: Store, *paths: Path) -> tuple[Merged, Account]:
    with store.unit_of_work() as uow:
        done = files.load(uow, files.find(paths))
        uow.commit()
    return done


def versions(store: Store) -> list[tuple[Any, ...]]:
    """Return the transaction, the position and the time stamps of each row, to detect writes."""
    return store.ask("SELECT xmin::text, ctid::text, t::text FROM odds AS t ORDER BY ctid")


def reasons(account: Account) -> list[str]:
    return [error.message for error in account.refused]
