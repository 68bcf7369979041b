"""A project with an object of every kind, and with names that test quoting."""
