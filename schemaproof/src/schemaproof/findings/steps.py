"""The steps of a repair."""

from dataclasses import dataclass

from schemaproof.schema.dependencies import Ref
from schemaproof.schema.paths import ObjectPath
from schemaproof.schema.phases import Phase

__all__ = ["Phase", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a repair.

    Attributes:
        path: The path of the repaired object, as in the finding.
        phase: The phase of the script in which it runs.
        sql: The statement, without the semicolon.
        destructive: Whether data can be lost by it.
        unmodelled: Whether it removes an object that no model declares and that may be needed.
        shared: Whether it changes an object that others use, too.
        creates: The name of the object that it creates, as PostgreSQL names the object in the
            list of dependencies; empty when it creates none.
        makes: The reference to the object that it creates; None when it creates none.
        drops: The objects that it drops or replaces; their dependents are dropped first.
        retypes: The column whose type it changes.
        others: Objects of others that depend on the dropped ones, as PostgreSQL describes them.
        needs: The paths of objects whose steps all have to run for this one to run.
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
