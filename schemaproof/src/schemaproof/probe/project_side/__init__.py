"""The code that runs in the project's own Python, for a program in another environment."""
