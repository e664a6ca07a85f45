"""Format `sameside.portable`: everything of a firm or a relationship as JSON, to keep and to bring in elsewhere.

`nouns` says which fields go along, `written` writes them, `schema` describes them, `package` reads a file from outside.
"""
