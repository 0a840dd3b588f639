"""What the admin's front page shows one person: `{% overview user as shown %}`."""

from django import template

from scheduling.pages.overview import overview

register = template.Library()
register.simple_tag(overview)
