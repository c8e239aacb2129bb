"""The real thing: a broker, a Celery worker in its own processes, a database on disk, and things that go wrong."""
