"""The built-in and experimental tests of pytest-alembic, on our history."""

from collections.abc import Iterator

import pytest
from alembic.config import Config
from pytest_alembic.config import Config as RunnerConfig
from pytest_alembic.runner import runner
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from pytest_alembic.tests.experimental import (
    test_all_models_register_on_metadata as all_models_register_on_metadata,
)
from pytest_alembic.tests.experimental import test_downgrade_leaves_no_trace
from sqlalchemy import Engine, create_engine

import models
from schemaproof.migrate.gate_overrides import ATTRIBUTE
from schemaproof_testing.project import ACCEPTING, ROOT, Alembic, unpooled_engine
from schemaproof_testing.servers import Database

__all__ = [
    "test_downgrade_leaves_no_trace",
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]


@pytest.fixture
def alembic_config() -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes[ATTRIBUTE] = ACCEPTING
    return config


@pytest.fixture
def alembic_engine(any_database: Database) -> Iterator[Engine]:
    # A downgrade to base keeps the ledger on purpose, so it is created before these tests look.
    alembic = Alembic(any_database)
    alembic.upgrade()
    alembic.downgrade("base")
    with unpooled_engine(any_database) as engine:
        yield engine


def test_all_models_register_on_metadata(
    alembic_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest-alembic writes the URL into the ini file, which cannot contain the path of a socket
    # (%2F) or some passwords. Offline, the URL is not used. It also looks for alembic.ini in the
    # working folder.
    monkeypatch.chdir(ROOT)
    # It looks for a MetaData in the package, and does not know the base class of SQLAlchemy 2.
    monkeypatch.setattr(models, "metadata", models.Base.metadata, raising=False)
    unused = create_engine("postgresql+psycopg2://")
    with runner(config=RunnerConfig.from_raw_config(alembic_config), engine=unused) as offline:
        all_models_register_on_metadata(offline, model_package="models", offline=True)
