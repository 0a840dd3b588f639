"""Who signs in to the admin in these tests."""

from predictions.tests.admin_pages import sign_in


def sign_in_superuser(client):
    """Somebody who may do everything that anybody may."""
    return sign_in(client, "boss", is_superuser=True)


def sign_in_with(client, *codenames):
    """A member of staff with just these permissions, for all models."""
    return sign_in(client, "ann", *codenames)
