"""The SQL of this package, one file per query."""
