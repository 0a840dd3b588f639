"""Two schedulers under random kills, freezes and database restarts; then the books are checked.

`make chaos` runs it on SQLite and PostgreSQL. The processes are the real ones; only what a run does is
short, schedules are quicker than people may make them, and each missed time is caught up by itself, so
that a lost one shows.
"""
