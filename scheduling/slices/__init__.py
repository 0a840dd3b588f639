"""Rows that share a condition, and whether a candidate is worse on them. Door: `worse_slices`."""
