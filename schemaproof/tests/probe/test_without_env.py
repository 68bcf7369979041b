"""A project without env.py: revisions are read and printed; commands that must run it refuse."""

from pathlib import Path
from typing import Any

import pytest

from schemaproof.probe.client import RefusedError
from schemaproof_testing.probed import Probed, place
from schemaproof_testing.servers import Database


def made(folder: Path, **options: Any) -> Probed:
    project = Probed(folder, "", options=options).make()
    (folder / "alembic" / "env.py").unlink()
    return project


@pytest.mark.parametrize(
    ("options", "key"),
    [({}, "CONSTRAINT pk_customer PRIMARY KEY"), ({"metadata": ()}, "PRIMARY KEY (id)")],
    ids=["models are named", "nothing is named"],
)
def test_its_revisions_are_read_and_printed(
    folder: Path, options: dict[str, Any], key: str
) -> None:
    with made(folder, **options).probe() as probe:
        assert [one["id"] for one in probe.ask("revisions")] == ["a1", "a2"]
        found = probe.ask("statements", revisions=["a1", "a2"])
    [[created], [altered]] = [one["statements"] for one in found]
    assert key in created["sql"]
    assert "ADD COLUMN name" in altered["sql"]


@pytest.mark.parametrize("name", ["upgrade", "fingerprint"])
def test_what_has_to_run_it_says_so(folder: Path, database: Database, name: str) -> None:
    given = {"place": place(database), "revision": "head"} if name == "upgrade" else {}
    with (
        made(folder, metadata=()).probe() as probe,
        pytest.raises(RefusedError, match=r"env\.py") as refused,
    ):
        probe.ask(name, **given)
    assert "\n" not in refused.value.message
