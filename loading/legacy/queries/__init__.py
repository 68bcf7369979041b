"""SQL of the import, as package data."""
