"""The WSGI entry: `gunicorn wsgi:app`."""

from config import Settings
from grantflow import worker
from grantflow.app import create_app

settings = Settings.from_environment().require_secret()
app = create_app(settings)
if settings.worker:
    worker.start(settings)
