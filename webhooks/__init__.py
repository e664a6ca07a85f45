"""Webhooks: what happens to proposals, told to the programs of the firms that are parties to them."""
