"""What the table of odds costs as it grows, on generated rows."""
