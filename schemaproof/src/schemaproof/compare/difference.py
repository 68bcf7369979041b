"""What a comparison yields."""

from __future__ import annotations

from dataclasses import dataclass

from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute or object that is not as expected.

    Attributes:
        code: What differs; see ``schemaproof.findings.codes.CODES``.
        path: The object: ``schema.table.column``.
        expected: As it should be; None when it should not exist, or should not be set.
        actual: As it is; None when it does not exist, or is not set.
        textual: Whether two texts differ, which may still be prints of the same thing.
        hint: What probably happened.
    """

    code: Code
    path: ObjectPath
    expected: str | None
    actual: str | None
    textual: bool = False
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and how much was compared."""

    differences: tuple[Difference, ...]
    objects: int
    attributes: int
