"""SQL of the adoption, as package data."""
