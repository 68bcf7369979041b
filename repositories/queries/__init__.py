"""The SQL of statements that are more than a few lines."""
