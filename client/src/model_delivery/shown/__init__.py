"""How things are shown: tables in a terminal and in a notebook, and what is printed on the way."""
