"""Programs that measure. `make bench` runs them all and prints medians; nothing here decides whether a test passes."""
