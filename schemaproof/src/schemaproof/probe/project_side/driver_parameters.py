"""The parameters of each driver that name the database to connect to."""

from __future__ import annotations

from typing import Any

_LIBPQ = frozenset(("psycopg2", "psycopg", "psycopg2cffi"))


def lead(driver: str, place: dict[str, str], parameters: dict[str, Any]) -> bool:
    """Make the parameters of a connection name a database; return whether the driver is known."""
    if driver in _LIBPQ:
        _for_libpq(place, parameters)
    elif driver == "asyncpg":
        _for_asyncpg(place, parameters)
    elif driver == "pg8000":
        _for_pg8000(place, parameters)
    else:
        return False
    return True


def _for_libpq(place: dict[str, str], parameters: dict[str, Any]) -> None:
    theirs = parameters.pop("options", None)
    parameters.update(place)
    # If both set an option, the last one is used, which is the project's.
    parameters["options"] = " ".join(filter(None, (place.get("options"), theirs)))


def _for_asyncpg(place: dict[str, str], parameters: dict[str, Any]) -> None:
    parameters.update(
        host=place["host"],
        port=int(place["port"]),
        user=place["user"],
        password=place.get("password"),
        database=place["dbname"],
        ssl=place.get("sslmode", "prefer") if not place["host"].startswith("/") else False,
    )
    ours = dict(_settings(place.get("options", "")))
    parameters["server_settings"] = {**ours, **(parameters.get("server_settings") or {})}


def _for_pg8000(place: dict[str, str], parameters: dict[str, Any]) -> None:
    parameters.update(user=place["user"], password=place.get("password"), database=place["dbname"])
    if place["host"].startswith("/"):
        parameters["unix_sock"] = "{}/.s.PGSQL.{}".format(place["host"], place["port"])
    else:
        parameters.update(host=place["host"], port=int(place["port"]))


def _settings(options: str) -> list[list[str]]:
    """Return the settings in options such as ``-c name=value``."""
    return [one.split("=", 1) for one in options.replace("-c ", " ").split() if "=" in one]
