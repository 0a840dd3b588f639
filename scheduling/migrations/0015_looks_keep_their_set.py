from django.db import migrations
from django.db.models import F


def looks_keep_their_set(apps, schema_editor):
    """Until now each set was counted by itself. Sets that share rows are found when they are next judged on."""
    apps.get_model("scheduling", "Look").objects.update(first_set=F("evaluation_dataset"))


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0014_hold_outs'),
    ]

    operations = [
        migrations.RunPython(looks_keep_their_set, migrations.RunPython.noop),
    ]
