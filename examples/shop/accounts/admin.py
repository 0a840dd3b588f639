"""Users in the office."""

from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Who has an account."""

    list_display = ["email", "is_staff"]
    search_fields = ["email"]
    exclude = ["password"]
