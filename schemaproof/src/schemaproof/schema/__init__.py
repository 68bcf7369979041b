"""The values that describe a schema: its objects, their codes and their paths."""
