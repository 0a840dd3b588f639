"""What the rules of a watch share."""

RULES = 4  # share alpha: errors, latency, prediction mix, labels
LEAST_REQUESTS = 20  # of a block: a percentile or a share of fewer is chance
