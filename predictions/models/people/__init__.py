"""Who may do what with which model, whatever accounts the project has."""
