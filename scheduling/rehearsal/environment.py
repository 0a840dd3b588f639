"""What the process that rehearses and its server tell one another."""

HOST = "127.0.0.1"
VERSIONS = "REHEARSAL_VERSIONS"  # variable: the ids of the versions that may be asked for, with commas
SOCKET = "REHEARSAL_MODEL_HOST"  # variable: the socket of the model host, if a version needs it
VERSION = "X-Rehearsal-Version"  # header: the id of the version that should answer
PROBLEM = (
    "X-Rehearsal-Problem"  # header of a 500: the public text of the error, which the web tier never sends
)
WORDS = "X-Rehearsal-Words"  # header of a 500: the whole error, which may quote the row
