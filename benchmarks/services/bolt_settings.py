"""The settings of the project that django-bolt serves: as few as it takes."""

SECRET_KEY = "for-benchmarks-only"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django_bolt"]
ROOT_URLCONF = "benchmarks.services.bolt_settings"
urlpatterns: list[object] = []
BOLT_API = ["benchmarks.services.bolt_onnx:api"]
USE_TZ = True
LOGGING_CONFIG = None
