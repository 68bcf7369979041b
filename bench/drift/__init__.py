"""What ``monps-db check`` finds of everything that can be changed behind the history's back."""
