"""SQL of the safety checks, as package data."""
