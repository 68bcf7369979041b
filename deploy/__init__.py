"""Files for running the service in production."""
