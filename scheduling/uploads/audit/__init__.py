"""What is in an opened model, where compiled code would trust it. Door: `audit`."""
