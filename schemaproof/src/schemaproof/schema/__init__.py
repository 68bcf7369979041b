"""The vocabulary: what a schema is made of."""
