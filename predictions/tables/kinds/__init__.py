"""Which kind each column of a file has, by what is in it or by what a person said."""
