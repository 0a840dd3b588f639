"""What serving costs, beside others and beside its own framework: `make bench`. See README.md."""
