"""Refuse lazy loading: a relationship is loaded with its row, or not at all."""

from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.util.concurrency import in_greenlet

from core.errors import LazyLoadError


def refuse_lazy_loading(state: ORMExecuteState) -> None:
    """Refuse to load a relationship by a statement on first access.

    It is a listener for ``do_orm_execute``. A related row that is already in the session needs no
    statement, and is returned.

    Raises:
        LazyLoadError: The relationship was not loaded.
    """
    if not state.is_relationship_load:
        return
    row = state.lazy_loaded_from
    if row is None:
        return
    path = state.loader_strategy_path
    name = getattr(path[1], "key", "a relationship") if path is not None else "a relationship"
    raise LazyLoadError(
        f"{row.class_.__name__}.{name} was not loaded",
        remedy=f"load it with its row: options=[joinedload({row.class_.__name__}.{name})]",
    )


def refuse_to_wait_in_the_loop(state: ORMExecuteState) -> None:
    """Refuse to reload a row on attribute access in an event loop.

    Raises:
        LazyLoadError: The values of the row expired, for example by a rollback.
    """
    if in_greenlet() or not state.session.get_bind(**state.bind_arguments).dialect.is_async:
        return
    mapper = state.bind_mapper
    name = "the row" if mapper is None else mapper.class_.__name__
    raise LazyLoadError(
        f"{name} has to be read again", remedy="read the row again, or await session.refresh(row)"
    )
