"""Objects of the models that PostgreSQL refuses to create, so that they differ. Pure."""

from collections.abc import Iterable, Sequence

from schemaproof.compare import Difference
from schemaproof.history.probe_results import RefusedObject
from schemaproof.schema.kinds import CONSTRAINTS
from schemaproof.schema.paths import ObjectPath, path


def where(refused: RefusedObject) -> ObjectPath:
    """Return the path of a refused object."""
    parts = (refused.schema, refused.table, refused.name)
    return path(*(part for part in parts if part))


def described(refused: RefusedObject) -> str:
    """Return why an object is refused, and what is not compared because of that."""
    tables = sorted({path(*one) for one in refused.referring})
    whole = "; nothing of it is compared" if refused.kind == "table" else ""
    also = f"; foreign keys to it are not compared, in {', '.join(tables)}" if tables else ""
    return f"PostgreSQL refuses the {refused.kind}: {refused.message}{whole}{also}"


def without_consequences(
    differences: Iterable[Difference], refused: Sequence[RefusedObject]
) -> tuple[Difference, ...]:
    """Leave out the differences that only follow from refused objects."""
    return tuple(one for one in differences if not _is_consequence(one, refused))


def _is_consequence(difference: Difference, refused: Sequence[RefusedObject]) -> bool:
    if not {where(one) for one in refused}.isdisjoint(difference.path.enclosing()):
        return True
    texts = f"{difference.expected} {difference.actual}"
    return difference.code.kind == CONSTRAINTS["foreign-key"].name and any(
        f"REFERENCES {where(one)}(" in texts for one in refused if one.referring
    )
