"""The project's own Python, which runs whatever needs the project's code."""
