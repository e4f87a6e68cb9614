"""How good predictions are, and how sure one can be of it. Numbers only; pages are made elsewhere."""
