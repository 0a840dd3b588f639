"""`{% path_of "docs" %}`: as `{% url %}`, for our own URL names, wherever the project mounts them."""

from django import template

from predictions.paths import path_of

register = template.Library()
register.simple_tag(path_of)
