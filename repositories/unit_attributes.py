"""The repositories of a unit of work: attributes that are made on first use."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, Self, TypeVar, overload

R = TypeVar("R")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class HasSession(Protocol[S_co]):
    """A unit of work, asynchronous or not."""

    repositories: dict[str, Any]
    """Those that were made, by name; whoever gives the session back empties it."""

    @property
    def session(self) -> S_co:
        """The session of its transaction."""


class RepositoryAttribute(Generic[S, R]):
    """A repository on the session of a unit of work, made on first use.

    Args:
        repository: Its class.
    """

    def __init__(self, repository: Callable[[S], R]) -> None:
        self.repository = repository
        self.__doc__ = repository.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, unit: None, owner: type) -> Self: ...
    @overload
    def __get__(self, unit: HasSession[S], owner: type) -> R: ...
    def __get__(self, unit: HasSession[S] | None, owner: type) -> Self | R:
        if unit is None:
            return self
        kept: R | None = unit.repositories.get(self._name)
        if kept is None:
            kept = unit.repositories[self._name] = self.repository(unit.session)
        return kept

    def __set__(self, unit: object, value: object) -> None:
        raise AttributeError(f"{self._name} of a {type(unit).__name__} cannot be set")
