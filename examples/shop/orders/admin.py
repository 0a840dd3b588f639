"""Orders in the office."""

from django.contrib import admin

from orders.models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """What was ordered."""

    list_display = ["placed_at", "product", "customer", "returned"]
    list_filter = ["returned", "payment"]
