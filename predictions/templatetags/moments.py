"""`{{ "When"|with_zone }}`: a heading that names the time zone of the moments below it."""

from django import template

from predictions.zone import with_zone

register = template.Library()
register.filter("with_zone", with_zone)
