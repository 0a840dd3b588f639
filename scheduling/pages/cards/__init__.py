"""What one model's card tells. Door: `card.Card`."""
