"""The product's Celery application with the test papers added and the two clocks of the builds running faster."""

from config.celery import app

app.conf.include = ["tests.worker.papers", "tests.worker.materials", "tests.worker.slow_saving"]
app.conf.beat_schedule["sweep"]["schedule"] = 2
app.conf.beat_schedule["heartbeat"]["schedule"] = 3
