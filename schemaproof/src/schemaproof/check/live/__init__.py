"""What only a live database has: positions of sequences, settings, rows."""
