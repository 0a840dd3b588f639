"""What the web server runs: Django behind the fast lane, and the thread that follows the ledger."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")

from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from predictions.serving import web_worker
from predictions.wsgi import model_delivery

application = model_delivery(django_application)
web_worker.start()  # before the first request, so that none waits for it
