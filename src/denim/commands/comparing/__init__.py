"""Several models on the same folds."""
