"""Both sides of the data access have the same public methods."""

import inspect
import re
from collections.abc import Callable
from typing import Any, assert_type

import pytest

import repositories
from models import Odds, TeamQuantumDNA
from repositories import AsyncBaseRepository, aio
from repositories.clv import ClosedPicks
from repositories.unit_attributes import RepositoryAttribute

# Both sides share these values and functions.
SHARED = ["RetryPolicy", "Timeouts", "Upserted", "audit_context", "idempotent"]
IDS = [name for name in repositories.__all__ if name not in {*SHARED, "run_unit_of_work"}]
PAIRS = [(getattr(repositories, name), getattr(aio, f"Async{name}")) for name in IDS]


def methods(cls: type) -> dict[str, Callable[..., Any]]:
    return {name: f for name, f in inspect.getmembers(cls, inspect.isfunction) if name[0] != "_"}


def attributes(cls: type) -> dict[str, RepositoryAttribute[Any, Any]]:
    return dict(inspect.getmembers(cls, lambda each: isinstance(each, RepositoryAttribute)))


def written(annotation: object) -> str:
    """Return an annotation as text, without module names."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"(?:\w+\.)+(?=\w)", "", text)


def plain(annotation: object) -> str:
    """Return the synchronous form of an annotation of the asynchronous side."""
    plainly = re.sub(r"\bAsync(\w)", r"\1", written(annotation))
    kinds = re.sub(r"Awaitable\[([^\[\]]+)\]", r"\1", plainly).split(" | ")
    return " | ".join(dict.fromkeys(kinds))


def plain_signature(function: Callable[..., Any]) -> dict[str, tuple[str, object]]:
    """Return parameters and result of a function in their synchronous form."""
    signature = inspect.signature(function)
    found = {
        name: (plain(parameter.annotation), parameter.default)
        for name, parameter in signature.parameters.items()
    }
    return found | {"return": (plain(signature.return_annotation), None)}


def is_awaited(function: Callable[..., Any]) -> bool:
    """Whether a function is called with ``await``, or its result is read with ``async for``."""
    returned = written(inspect.signature(function).return_annotation)
    return inspect.iscoroutinefunction(function) or returned.startswith("AsyncIterator[")


def summary(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def test_everything_has_a_twin() -> None:
    assert sorted(aio.__all__) == sorted([*(f"Async{n}" for n in IDS), "run_async_unit_of_work"])


def test_the_functions_are_the_same() -> None:
    sync, twin = repositories.run_unit_of_work, aio.run_async_unit_of_work
    assert plain_signature(sync) == plain_signature(twin)
    assert is_awaited(twin)
    assert summary(sync) == summary(twin)


@pytest.mark.parametrize(("sync", "twin"), PAIRS, ids=IDS)
def test_the_methods_are_the_same_and_awaited(sync: type, twin: type) -> None:
    assert methods(sync).keys() == methods(twin).keys()
    for name, method in methods(sync).items():
        other = methods(twin)[name]
        assert is_awaited(other), name
        assert plain_signature(other) == plain_signature(method), name
        kinds = [
            [p.kind for p in inspect.signature(f).parameters.values()] for f in (method, other)
        ]
        assert kinds[0] == kinds[1], name
        assert summary(other) == summary(method), name


def test_the_repositories_of_a_unit_of_work_are_the_same() -> None:
    sync, twin = attributes(repositories.UnitOfWork), attributes(aio.AsyncUnitOfWork)
    assert sync.keys() == twin.keys()
    for name, attribute in sync.items():
        kind: Any = attribute.repository
        assert twin[name].repository is getattr(aio, f"Async{kind.__name__}"), name


async def read_types(uow: aio.AsyncUnitOfWork, picks: AsyncBaseRepository[Odds]) -> None:
    """Let mypy check that a forwarded method has the types of the synchronous one."""
    assert_type(await uow.teams.get_by_name("Lazio"), TeamQuantumDNA | None)
    assert_type(await uow.teams.get_all(limit=3), list[TeamQuantumDNA])
    assert_type(await uow.tracking.close_picks(), ClosedPicks)
    assert_type(await picks.get_by_id(1), Odds | None)
    await uow.teams.get_by_name(3)  # type: ignore[arg-type]
    await uow.odds.get_by_league("Serie A", limits=3)  # type: ignore[call-arg]


@pytest.mark.parametrize(("sync", "twin"), PAIRS, ids=IDS)
def test_they_are_made_from_the_same_arguments(sync: type, twin: type) -> None:
    assert plain_signature(twin) == plain_signature(sync)


@pytest.mark.parametrize(("sync", "twin"), PAIRS, ids=IDS)
def test_the_context_managers_are_the_same(sync: type, twin: type) -> None:
    for name in ("enter", "exit"):
        assert hasattr(sync, f"__{name}__") == hasattr(twin, f"__a{name}__")
        assert not hasattr(twin, f"__{name}__")
