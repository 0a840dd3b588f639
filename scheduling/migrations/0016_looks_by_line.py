import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('predictions', '0007_feedback'),
        ('scheduling', '0015_looks_keep_their_set'),
    ]

    operations = [
        migrations.AlterField(
            model_name='look',
            name='first_set',
            field=models.ForeignKey(editable=False, help_text='The first of its line.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='predictions.dataset'),
        ),
        migrations.RemoveConstraint(
            model_name='look',
            name='a_look_at_a_set_has_its_own_number',
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.UniqueConstraint(fields=('first_set', 'number'), name='a_look_at_a_line_of_sets_has_its_own_number'),
        ),
    ]
