"""The result of a comparison."""

from dataclasses import dataclass

from schemaproof.schema.codes import RENAMED, Code
from schemaproof.schema.kinds import OBJECTS
from schemaproof.schema.paths import ObjectPath, path


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute or object that differs from the expected one.

    Attributes:
        code: The kind of the difference; see ``schemaproof.findings.codes.CODES``.
        path: The object: ``schema.table.column``.
        expected: The expected value; None when the object or value should not exist.
        actual: The actual value; None when the object or value does not exist.
        textual: Whether two texts differ that may still mean the same.
        hint: The probable cause.
    """

    code: Code
    path: ObjectPath
    expected: str | None
    actual: str | None
    textual: bool = False
    hint: str | None = None

    @property
    def places(self) -> tuple[ObjectPath, ...]:
        """The paths of the objects that the difference is about."""
        return places(self.code, self.path, self.actual)


def places(code: Code, where: ObjectPath, actual: str | None) -> tuple[ObjectPath, ...]:
    """Return the paths that a difference is about, including the new path of a renamed object."""
    if code.aspect != RENAMED or actual is None:
        return (where,)
    above = where.names[:-1]
    if code.kind not in OBJECTS:
        return where, path(*above, actual)
    if above:
        return where, path(*above).within(actual)
    return where, ObjectPath.in_no_schema(code.kind, actual)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and the numbers of compared objects and attributes."""

    differences: tuple[Difference, ...]
    objects: int
    attributes: int
