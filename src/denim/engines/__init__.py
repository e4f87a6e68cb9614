"""Who computes a Program."""
