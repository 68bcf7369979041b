"""The three-way check, and facts of a live database."""
