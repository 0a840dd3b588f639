"""What the web server runs: Django behind the fast lane, and the thread that follows the ledger."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")

from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from predictions.serving import web_worker
from predictions.wsgi import model_delivery

application = model_delivery(django_application)
web_worker.start()  # before the first request, so that none waits for it
gc.collect()
gc.freeze()  # what is loaded stays: to look through all of it again would stop a request for 0.1 s
