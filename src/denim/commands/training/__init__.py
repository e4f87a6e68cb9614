"""What ``denim train`` is made of."""
