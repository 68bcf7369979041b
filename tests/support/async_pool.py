"""Helpers for the pool of the asynchronous engine."""

import core.config
import core.database


def checked_out() -> int:
    return core.database.get_async_pool_status()["checked_out"]
