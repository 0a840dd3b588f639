"""What is asked of a version after it went live. Door: `watches.look`."""
