"""Write many rows by natural key: layouts, encoding, statements, flow, drivers."""
