"""Sources of the user and the password, and the credentials that are valid now.

Nothing of it is imported where both are given by the program, the environment or ``.env``.
"""
