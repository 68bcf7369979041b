"""An existing database, looked at before its first upgrade."""
