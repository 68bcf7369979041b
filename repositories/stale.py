"""Rows in memory that a statement has changed behind their back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Base


def expire(session: Session, model: type[Base]) -> None:
    """Have the rows of a model read again when they are next used."""
    for row in session.identity_map.values():
        if isinstance(row, model):
            session.expire(row)
