"""What a request may contain, and how it is read. Door: `signature.SignatureSpec`."""
