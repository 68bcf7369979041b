"""Both folders of tests use the fixtures of schemaproof_testing."""

pytest_plugins = ["schemaproof_testing.fixtures"]
