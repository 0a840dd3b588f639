"""Who signs in to the admin in these tests."""

from django.contrib.auth.models import Permission

from predictions.tests.admin_pages import sign_in


def sign_in_superuser(client):
    """Somebody who may do everything that anybody may."""
    return sign_in(client, "boss", is_superuser=True)


def sign_in_with(client, *codenames):
    """A member of staff with just these permissions, of whatever room."""
    person = sign_in(client, "ann")
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    assert person.user_permissions.count() == len(codenames)
    return person
