"""Whether there is a reason to retrain: new rows, drift, rising losses. Door: `looking.look`."""
