"""SQL of the roles, as package data."""
