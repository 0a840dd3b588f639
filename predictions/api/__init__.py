"""The REST doors: thin views, their serializers, errors and schema."""
