"""What a worker counts for Prometheus. Door: `prometheus`."""
