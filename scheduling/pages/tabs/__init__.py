"""The tabs of a model's page. Door: `settings.setting_of`."""
