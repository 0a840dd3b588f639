"""Has a column moved between two samples? Doors: `columns`, and `repeats.counting_rows` for a log's rows."""
