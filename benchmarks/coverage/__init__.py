"""How much of scikit-learn, and of the libraries of boosted trees, has a served form that answers alike."""
