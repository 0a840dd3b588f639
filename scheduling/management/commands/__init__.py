"""Commands of the scheduler."""

CANNOT = 2  # the exit code of a command that was asked for what cannot be done
