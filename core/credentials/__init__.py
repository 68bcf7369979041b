"""Where user and password come from, and those that are valid now.

Nothing of it is imported where both are given by the program, the environment or ``.env``.
"""
