"""What answers the requests: an installation with forests, and its web server on a core of its own."""
