"""The pages that the commands write."""
