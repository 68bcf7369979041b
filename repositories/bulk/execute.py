"""Execute the steps of a bulk write on a connection of either driver."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from repositories.bulk import flow

R = TypeVar("R")
SendCopy = Callable[[Connection, flow.Copy], None]
"""The function of a driver that sends the data of a COPY; SQLAlchemy has none for it."""


def execute(connection: Connection, steps: flow.Flow[R], send_copy: SendCopy) -> R:
    """Execute the steps of a flow, and return its result."""
    try:
        step = next(steps)
        while True:
            try:
                result = _execute_step(connection, step, send_copy)
            except DBAPIError as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        result_of_flow: R = end.value
        return result_of_flow


def _execute_step(connection: Connection, step: flow.Step, send_copy: SendCopy) -> Any:
    if isinstance(step, flow.Copy):
        return send_copy(connection, step)
    result = connection.execute(step.statement, dict(step.parameters))
    return result.one() if result.returns_rows else None
