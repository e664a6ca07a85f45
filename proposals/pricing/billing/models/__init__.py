"""The billing models: each module is one. See ``registry``."""
