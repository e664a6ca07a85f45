"""Forms of the panels: labels, hints and current values. What is sent is checked by the actions."""
