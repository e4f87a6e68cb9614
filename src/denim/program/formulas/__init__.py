"""The written formulas: forward and gradient of every function a Program names, in NumPy, in the caller's dtype."""
