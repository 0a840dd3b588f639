"""What the shop sells."""

from django.db import models


class Product(models.Model):
    """One thing on sale."""

    class Category(models.TextChoices):
        SHOES = "shoes"
        CLOTHES = "clothes"
        BOOKS = "books"
        GARDEN = "garden"

    name = models.CharField(max_length=80)
    category = models.CharField(max_length=20, choices=Category.choices)
    price = models.DecimalField(max_digits=8, decimal_places=2)

    def __str__(self) -> str:
        return self.name
