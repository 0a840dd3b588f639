"""Who sends the requests: wrk, or a load generator that checks every answer."""
