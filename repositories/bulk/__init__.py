"""Writing many rows by natural key: pure layouts, encoding, statements and flow, and a driver."""
