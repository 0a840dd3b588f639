"""Who uploads in these tests."""

import pytest
from django.contrib.auth.models import Permission, User
from knox.models import get_token_model


@pytest.fixture
def token(db):
    """Of somebody who may upload."""
    user = User.objects.create_user("ann")
    user.user_permissions.add(Permission.objects.get(codename="upload_modelversion"))
    return get_token_model().objects.create(user)[1]
