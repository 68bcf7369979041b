"""Load files into tables; the caller commits."""
