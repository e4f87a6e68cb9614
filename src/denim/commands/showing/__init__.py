"""What there is to see in people's data and in models."""
