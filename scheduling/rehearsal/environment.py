"""What the process that rehearses tells its server."""

HOST = "127.0.0.1"
VERSIONS = "REHEARSAL_VERSIONS"  # variable: the ids of the versions that may be asked for, with commas
SOCKET = "REHEARSAL_MODEL_HOST"  # variable: the socket of the model host, if a version needs it
