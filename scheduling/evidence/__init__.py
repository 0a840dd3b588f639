"""What is known about a candidate and what checks answer, as plain values; no file or table is read here."""
