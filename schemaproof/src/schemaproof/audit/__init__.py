"""Who changed the schema: event triggers that record DDL commands, and what reads the record."""
