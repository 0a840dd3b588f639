from django.db import migrations
from django.utils import timezone

RECORDED = ("RegisteredModel",)


def keep_what_is_there(apps, schema_editor):
    """Each row's history begins with what it was: else its first change would have no old values."""
    for name in RECORDED:
        model, history = apps.get_model("predictions", name), apps.get_model("predictions", f"Historical{name}")
        columns = [field.attname for field in model._meta.fields]
        history.objects.bulk_create(
            history(
                **{column: getattr(row, column) for column in columns},
                history_date=timezone.now(),
                history_type="+",
                history_by="no person: the upgrade",
                history_change_reason="as it was when the history began",
            )
            for row in model.objects.all()
        )


class Migration(migrations.Migration):

    dependencies = [
        ('predictions', '0005_history'),
    ]

    operations = [
        migrations.RunPython(keep_what_is_there, migrations.RunPython.noop),
    ]
