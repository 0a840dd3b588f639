"""The Django project: settings, paths and what the web server runs."""
