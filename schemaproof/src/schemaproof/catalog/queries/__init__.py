"""The SQL that reads the system catalogs."""
