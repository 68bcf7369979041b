"""schemaproof's advice names settings that exist."""

import re

from core.config import DatabaseSettings
from core.setting_variables import VARIABLES
from schemaproof.setting_names import NEUTRAL


def test_each_setting_has_a_name_here() -> None:
    assert VARIABLES.keys() == NEUTRAL.keys()


def test_each_name_is_that_of_a_setting() -> None:
    named = {name for text in VARIABLES.values() for name in re.findall(r"[A-Z]+_[A-Z_]+", text)}
    assert named - {"DB_", "MIGRATION_"} <= {*DatabaseSettings.model_fields}
