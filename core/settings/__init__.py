"""The settings by subject; ``core.config`` puts them together."""
