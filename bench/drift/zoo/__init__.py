"""A project with at least one object of every kind, and names that break careless quoting."""
