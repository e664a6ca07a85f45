"""One class per address, one file per resource. Methods parse, call an action and render; nothing is decided here."""
