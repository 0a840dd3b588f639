"""The table of the shop. Nothing here knows of models that predict."""

from django.db import models


class Customer(models.Model):
    """Somebody who signed up for a trial of two weeks. `cancelled` is known when these are over."""

    class Plan(models.TextChoices):
        BASIC = "basic"
        FAMILY = "family"
        STUDIO = "studio"

    signed_up_at = models.DateTimeField(db_index=True)
    plan = models.CharField(max_length=10, choices=Plan.choices)
    country = models.CharField(max_length=2)
    age = models.PositiveSmallIntegerField(null=True)
    minutes_used = models.FloatField()
    support_calls = models.PositiveSmallIntegerField()
    cancelled = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"customer {self.pk}"
