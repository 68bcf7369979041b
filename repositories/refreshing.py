"""Update the rows in memory that a bulk statement changed, and no others."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models import Base
from repositories import json_changes
from repositories.session_policy import note_bulk_change

_AT_A_TIME: Final = 1000


def known(session: Session, model: type[Base]) -> dict[Any, Base]:
    """Return the rows of a model that the session holds, by primary key (one column)."""
    rows = (row for row in session.identity_map.values() if isinstance(row, model))
    return {identity[0]: row for row in rows if (identity := inspect(row).identity)}


def refresh(session: Session, model: type[Base], changed: Iterable[Any]) -> None:
    """Update the rows in the session with the values that a bulk statement wrote.

    They stay readable after the session is closed, and their loaded relationships stay loaded.

    Args:
        session: The session.
        model: The model of the rows.
        changed: The primary keys of the rows that were changed.
    """
    held = known(session, model)
    (primary_key,) = inspect(model).primary_key
    attributes = inspect(model).column_attrs
    ids = [id_ for id_ in changed if id_ in held]
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        columns = [primary_key.label("id_"), *(each.columns[0] for each in attributes)]
        for id_, *found in session.execute(select(*columns).where(primary_key.in_(some))):
            row = held[id_]
            for attribute, value in zip(attributes, found, strict=True):
                set_committed_value(row, attribute.key, value)
            json_changes.remember(row)
            note_bulk_change(session, row)
