"""Pure functions that build statements, for synchronous and asynchronous sessions."""
