"""What runs beside the service in production."""
