"""Candidate against champion on rows that come in parts. Door: `pair_sums.PairSums`."""
