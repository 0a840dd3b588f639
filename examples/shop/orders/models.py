"""What was ordered. Nothing here knows of models that predict."""

import uuid

from django.conf import settings
from django.db import models

from catalogue.models import Product


class Order(models.Model):
    """One product for one person. `returned` is known two weeks after it was placed."""

    class Payment(models.TextChoices):
        CARD = "card"
        INVOICE = "invoice"
        PREPAID = "prepaid"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    product = models.ForeignKey(Product, models.PROTECT, related_name="orders")
    placed_at = models.DateTimeField(db_index=True)
    quantity = models.PositiveSmallIntegerField()
    discount = models.PositiveSmallIntegerField(help_text="Percent.")
    delivery_days = models.PositiveSmallIntegerField(null=True, help_text="Empty: not delivered yet.")
    payment = models.CharField(max_length=10, choices=Payment.choices)
    returned = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"order {self.pk}"
