"""Tags for the pages of both apps."""
