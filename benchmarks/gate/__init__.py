"""The error rates of the gate and of the watch after it, and the cost of judging: `make bench-gate`."""
