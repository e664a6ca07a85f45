"""Django's PostgreSQL backend, whose connections the requests of a server share."""
