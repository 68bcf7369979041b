"""The settings by subject; ``core.config`` combines them."""
