"""A changed attribute, and the difference that is expected."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, Address, address_path, at


class Case(NamedTuple):
    """A change, and the only difference that it makes."""

    address: Address
    change: dict[str, Any]
    code: str
    path: str
    expected: str | None
    actual: str | None
    textual: bool = False


class Unset(NamedTuple):
    """The marker for an attribute that keeps its value in the example snapshot."""

    code: str
    """What its code ends with."""
    value: Any
    shown: str


def set_cases(address: Address, prefix: str, unset: Mapping[str, Unset]) -> Iterable[Case]:
    for attribute, (code, value, shown) in unset.items():
        yield Case(
            address, {attribute: value}, f"{prefix}-{code}", address_path(address), None, shown
        )


def definition_case(kind: str, code: str) -> Case:
    address = OBJECT_OF[kind]
    before = str(at(EXAMPLE, address).definition)
    change = {"definition": sql("other")}
    return Case(
        address, change, f"{kind}-{code}", address_path(address), before, "other", textual=True
    )
