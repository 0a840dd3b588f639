"""What is known about a candidate, as plain values: what checks look at, and what they answer.

Door: `evidence.Evidence`, `outcomes.Outcome`. Nothing here reads a file or a table.
"""
