"""Find the operations that autogenerate wrote, at any depth."""

from __future__ import annotations

from typing import Any, Iterator


def operations_in(container: Any) -> Iterator[Any]:
    """Yield the operations of a container, and those of the containers in it."""
    for one in container.ops:
        if hasattr(one, "ops"):
            yield from operations_in(one)
        else:
            yield one
