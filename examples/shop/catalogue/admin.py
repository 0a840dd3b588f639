"""The catalogue in the office."""

from django.contrib import admin

from catalogue.models import Product


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """What is on sale."""

    list_display = ["name", "category", "price"]
