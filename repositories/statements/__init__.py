"""Pure functions that build statements; shared by every kind of session."""
