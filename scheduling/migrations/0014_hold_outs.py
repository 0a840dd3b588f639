import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('predictions', '0007_feedback'),
        ('scheduling', '0013_moved_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(help_text='SHA-256 of the sorted hashes of its rows.', max_length=64)),
                ('shared', models.FloatField(help_text='The share of its rows that an older set of the line has, beyond chance.', null=True)),
                ('evaluation_dataset', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hold_out', to='predictions.dataset')),
                ('first', models.ForeignKey(help_text='The set whose looks it continues.', on_delete=django.db.models.deletion.PROTECT, related_name='line', to='predictions.dataset')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('shared__isnull', True), models.Q(('shared__gt', 0), ('shared__lte', 1)), _connector='OR'), name='rows_are_shared_by_a_part_of_the_set')],
            },
        ),
        migrations.AddField(
            model_name='look',
            name='first_set',
            field=models.ForeignKey(editable=False, help_text='The first of its line.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='predictions.dataset'),
        ),
    ]
