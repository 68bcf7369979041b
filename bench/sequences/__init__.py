"""Run random operations on repositories, and compare the tables with a model in plain Python."""
