"""Read the system catalogs of a database into a schema."""
