from mlsite.settings import *  # noqa: F403

ROOT_URLCONF = "predictions.tests.servers.project.urls"
WSGI_APPLICATION = "predictions.tests.servers.project.wsgi.application"
