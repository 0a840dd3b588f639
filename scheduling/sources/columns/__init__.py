"""What the columns of a source must be: types, moments, the features. Door: `compared.refuse_columns`."""
