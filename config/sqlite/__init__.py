"""Django's SQLite backend, whose connections go from one request of the server to the next."""
