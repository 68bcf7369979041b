"""Sources of user and password other than the environment and ``.env``.

These modules are imported only if the program, the environment and ``.env`` do not give both.
"""
