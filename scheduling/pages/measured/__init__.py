"""What the runs measured of versions, alone and beside one another. Door: `judged`."""
