"""Tells people of findings: what `fct_finding_notices` holds and nobody was told yet, by the routes of plumbline.yml.

`routes` says who is to be told of what, `notices` reads the changes, `plan` puts them together into messages, `service`
sends one, `outbox` keeps what became of each, and `notify` does all of it in an order that no crash can turn into a
second message. docs/notifications.md is for its users.
"""
