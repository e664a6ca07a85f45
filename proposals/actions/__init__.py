"""Verbs: one function per thing a person does. Nothing else writes.

Every action takes keyword arguments and `by=`, locks the proposal, checks what the person may do there and
then, changes rows and appends audit events, all in one transaction. A refusal leaves everything as it was.
"""
