"""URLs of databases, written for any driver."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url

from schemaproof.connection.database_url import url_parts, variable_parts
from schemaproof.connection.url_settings import Password
from schemaproof.probe.project_side.models import url_text

DRIVERS = ("", "+psycopg2", "+psycopg", "+psycopg_async", "+asyncpg", "+pg8000")


@pytest.mark.parametrize("scheme", ["postgres", *(f"postgresql{driver}" for driver in DRIVERS)])
def test_the_driver_does_not_matter(scheme: str) -> None:
    assert url_parts(f"{scheme}://u:p%40%3F@h:5433/db?sslmode=require") == {
        "user": "u",
        "password": "p@?",
        "host": "h",
        "port": "5433",
        "dbname": "db",
        "sslmode": "require",
    }


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql+asyncpg://h/d?ssl=require", {"sslmode": "require"}),
        ("postgresql+asyncpg://h/d?ssl=verify-full", {"sslmode": "verify-full"}),
        ("postgresql+pg8000://h/d?ssl=true", {"sslmode": "require"}),
        ("postgresql+pg8000://h/d?ssl=false", {}),
        ("postgresql+asyncpg://h/d?prepared_statement_cache_size=0&command_timeout=5", {}),
        ("postgresql://h/d?prepared_statement_cache_size=0", {}),
        ("postgresql+asyncpg://h/d?of_a_driver=1", {}),
        ("postgresql://h/d?options=-c%20a%3D1", {"options": "-c a=1"}),
        ("postgresql+psycopg2://h/d?options=-c+a%3D1", {"options": "-c a=1"}),
    ],
)
def test_parameters_are_called_as_libpq_calls_them(url: str, parts: dict[str, str]) -> None:
    assert url_parts(url) == {"host": "h", "dbname": "d", **parts}


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql:///d?host=/var/run/postgresql", "/var/run/postgresql", None),
        ("postgresql://u@/d?host=a:1&host=b:2", "a,b", "1,2"),
        ("postgresql://u@/d?host=a&host=b", "a,b", None),
        ("postgresql://a:1,b:2/d", "a,b", "1,2"),
        ("postgresql://[::1]:7/d", "::1", "7"),
        ("postgresql:///d?host=::1&port=7", "::1", "7"),
    ],
)
def test_hosts_are_what_libpq_and_sqlalchemy_write(url: str, host: str, port: str | None) -> None:
    parts = url_parts(url)
    assert (parts["host"], parts.get("port")) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hush@h/d",
        "sqlite:///hush",
        "driver://user:hush@localhost/dbname",
        "hush",
        "",
        "postgresql://u:hush@[/x",
        "postgresql://u:hush@h:port/d",
        "postgresql://u:hush@h/d?sslmdoe=hush",
        "postgresql+psycopg://u:hush@h/d?ssl_mode=hush",
    ],
)
def test_what_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"PostgreSQL URL|unknown parameter") as caught:
        url_parts(url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "parts"),
    [
        ({}, {}),
        ({"PGPASSWORD": "x", "PGSSLMODE": "require"}, {}),
        ({"PGDATABASE": "d"}, {"dbname": "d"}),
        (
            {"PGHOST": "h", "PGUSER": "u", "PGPASSWORD": "p", "PGSSLMODE": "require"},
            {"host": "h", "user": "u", "password": "p", "sslmode": "require"},
        ),
        ({"PGSERVICE": "s", "PGPORT": ""}, {"service": "s"}),
    ],
)
def test_variables_of_libpq_are_taken_where_they_name_a_database(
    environ: dict[str, str], parts: dict[str, str]
) -> None:
    assert variable_parts(environ) == parts


TEXT = "postgresql+psycopg2://u:p%40@h:5/d"


@pytest.mark.parametrize(
    "make",
    [
        str,
        make_url,
        Password,
        lambda text: Password(make_url(text)),  # type: ignore[arg-type]
        create_engine,
        lambda text: lambda: make_url(text),
        lambda text: SimpleNamespace(url=make_url(text)),
    ],
    ids=["text", "URL", "secret", "secret URL", "engine", "function", "async engine"],
)
def test_an_attribute_of_a_project_may_hold_a_url_in_any_form(make: Callable[[str], Any]) -> None:
    assert make_url(url_text(make(TEXT))) == make_url(TEXT)
    assert isinstance(make_url(TEXT), URL)
