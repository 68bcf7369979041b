"""The repositories of a unit of work: attributes that are made on first use."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Generic, Protocol, Self, TypeVar, overload

R = TypeVar("R")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class HasSession(Protocol[S_co]):
    """A unit of work, synchronous or asynchronous."""

    @property
    def session(self) -> S_co:
        """The session of the transaction."""


class RepositoryAttribute(Generic[S, R]):
    """A repository on the session of a unit of work, made on first use.

    The unit of work keeps it in an attribute of the same name after an underscore, which is None
    before.

    Args:
        repository: The class of the repository.
    """

    def __init__(self, repository: Callable[[S], R]) -> None:
        self.repository = repository
        self.__doc__ = repository.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"
        setattr(owner, self._name, None)

    @overload
    def __get__(self, unit: None, owner: type) -> Self: ...
    @overload
    def __get__(self, unit: HasSession[S], owner: type) -> R: ...
    def __get__(self, unit: HasSession[S] | None, owner: type) -> Self | R:
        if unit is None:
            return self
        kept: R | None = getattr(unit, self._name)
        if kept is None:
            kept = self.repository(unit.session)
            setattr(unit, self._name, kept)
        return kept

    def __set__(self, unit: object, value: object) -> None:
        raise AttributeError(f"{self._name[1:]} of a {type(unit).__name__} cannot be set")


def forget_repositories(unit: Any) -> None:
    """Drop the repositories of a unit of work whose session was returned."""
    vars(unit).update(_nothing_kept(unit.__class__))


@cache
def _nothing_kept(cls: type) -> Mapping[str, None]:
    return {
        f"_{name}": None
        for each in cls.__mro__
        for name, value in vars(each).items()
        if isinstance(value, RepositoryAttribute)
    }
