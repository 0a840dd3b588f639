"""From samples to the table and its file, with the machine they were measured on."""
