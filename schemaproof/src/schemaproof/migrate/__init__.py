"""What ``env.py`` calls."""
