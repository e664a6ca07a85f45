"""The REST API: the same actions as the pages, for programs. `docs/api.md` is for those who call it."""
