"""gunicorn's configuration with gevent and `--preload`: without it Django is loaded before it is patched."""

from gevent import monkey

monkey.patch_all()
