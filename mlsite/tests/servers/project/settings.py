import os

from mlsite.settings import *  # noqa: F403
from mlsite.settings import MIDDLEWARE as OF_MLSITE

ROOT_URLCONF = "mlsite.tests.servers.project.urls"
WSGI_APPLICATION = "mlsite.tests.servers.project.wsgi.application"
MIDDLEWARE = OF_MLSITE + [name for name in (os.environ.get("MIDDLEWARE_OF_TEST"),) if name]
