"""Pages of people and firms: parse, call one action, render."""
