"""The functions behind ``env.py``."""
