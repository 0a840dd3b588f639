"""The prediction log: appended by web workers, ingested by one process. Door: `spool`, `ingester`."""
