"""Settings of both apps: `config.MAX_ROWS` is a key of the setting `MODEL_DELIVERY`, or its default."""

from predictions.conf.config import Config, config
from predictions.conf.limits import MAX_LEASE_SECONDS, MAX_TOKEN_DAYS

__all__ = ["MAX_LEASE_SECONDS", "MAX_TOKEN_DAYS", "Config", "config"]
