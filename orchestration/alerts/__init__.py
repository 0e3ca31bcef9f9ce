"""Alerts: what went wrong is told to the right people, once.

sources  what a load, the lake, the releases and Dagster have to say → problems
problem  one problem: what, where, since when, what to do
state    which problems are open, and the messages that still have to go out (SQLite in the home)
config   alerts.yml: channels, routes, owners, what is expected; secrets come from the environment
wording  a problem as a message in Chinese and English
channels sending through Apprise
post     one look: problems → state → messages → channels
"""
