"""The page that the commands write: one file with everything in it, that asks nothing of the network."""
