"""Do recent data look like those the candidate learned from? Features, predictions and labels."""
