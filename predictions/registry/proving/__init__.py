"""The proof beyond the evaluation rows: what else the signature lets in."""
