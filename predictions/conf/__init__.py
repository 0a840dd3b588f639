"""Settings of both apps: `config.MAX_ROWS` is a key of the setting `MODEL_DELIVERY`, or its default."""

from predictions.conf.config import MAX_LEASE_SECONDS, MAX_TOKEN_DAYS, Config, config
from predictions.conf.naming import setting_name

__all__ = ["MAX_LEASE_SECONDS", "MAX_TOKEN_DAYS", "Config", "config", "setting_name"]
