"""Record who changes the schema by event triggers, and read what they recorded."""
