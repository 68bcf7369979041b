"""The SQL of loading."""
