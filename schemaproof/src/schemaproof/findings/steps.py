"""What a repair is made of."""

from dataclasses import dataclass

from schemaproof.schema.dependencies import Ref
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
        makes: What it creates.
        drops: What it drops, or takes the place of: what depends on that goes first.
        retypes: The column that it gives another type.
        others: What others have that depends on what it drops, as PostgreSQL describes it.
        needs: The paths of other objects all of whose steps are run, or this is not either.
    """

    path: ObjectPath
    phase: Phase
    sql: str
    destructive: bool = False
    unmodelled: bool = False
    shared: bool = False
    creates: str = ""
    makes: Ref | None = None
    drops: Ref | None = None
    retypes: Ref | None = None
    others: tuple[str, ...] = ()
    needs: frozenset[ObjectPath] = frozenset()
