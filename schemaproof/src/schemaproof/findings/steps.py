"""What a repair is made of."""

from __future__ import annotations

from dataclasses import dataclass

from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.phases import Phase

__all__ = ["Phase", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a repair.

    Attributes:
        path: The object that it repairs, as a finding names it.
        phase: When it can run.
        sql: The statement, without the semicolon.
        destructive: Whether data can be lost by it.
        unmodelled: Whether it removes something that no model knows, and that may be needed.
        shared: Whether it changes something that others use too.
        creates: What it creates, as PostgreSQL names it where something depends on it.
        drops: What it drops, named likewise.
        needs: The texts of what it drops, which name what that depends on.
    """

    path: ObjectPath
    phase: Phase
    sql: str
    destructive: bool = False
    unmodelled: bool = False
    shared: bool = False
    creates: str = ""
    drops: str = ""
    needs: str = ""
