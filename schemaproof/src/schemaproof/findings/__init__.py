"""What a comparison can say."""
