import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0004_approval'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalCheckLimit',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_by', models.CharField(editable=False, max_length=200)),
                ('check_id', models.CharField(max_length=40, verbose_name='check')),
                ('enabled', models.BooleanField(default=True, help_text='Off: the check is not asked at all.')),
                ('blocking', models.BooleanField(default=True, help_text='Off: a failure is told, and flips all the same.')),
                ('limits', models.JSONField(blank=True, default=dict, help_text='Those that differ from the defaults: {"max_p95_ms": 80}')),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical check limit',
                'verbose_name_plural': 'historical check limits',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalGatePolicy',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_by', models.CharField(editable=False, max_length=200)),
                ('primary_metric', models.CharField(choices=[('f1_macro', 'F1 Macro'), ('accuracy', 'Accuracy')], default='f1_macro', max_length=20)),
                ('promote_when', models.CharField(choices=[('better', 'better than the champion'), ('not_worse', 'not worse than the champion by more than the margin')], default='better', max_length=10)),
                ('least_gain', models.FloatField(default=0.0, help_text='Better: the whole interval of the gain lies above this.', validators=[django.core.validators.MinValueValidator(0.0)])),
                ('margin', models.FloatField(default=0.0, help_text='Not worse: the whole interval of the gain lies above minus this.', validators=[django.core.validators.MinValueValidator(0.0)])),
                ('approval', models.CharField(choices=[('automatic', 'the gate, by itself'), ('by_person', 'a person, who approves the run'), ('never', 'nobody: a dry run')], default='automatic', help_text='What becomes of a candidate that passes: it goes live, it waits, or it is only told of.', max_length=10, verbose_name='who flips')),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical gate policy',
                'verbose_name_plural': 'historical gate policies',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRecipe',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_by', models.CharField(editable=False, max_length=200)),
                ('estimator', models.CharField(help_text="A name out of the program's allow-list.", max_length=40)),
                ('name_template', models.CharField(help_text='Of the candidate: rf-{n_estimators}. Parameters in braces.', max_length=60)),
                ('parameters', models.JSONField(default=dict, help_text='Each with the values to draw one from: {"n_estimators": [12, 24]}')),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical recipe',
                'verbose_name_plural': 'historical recipes',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSchedule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_by', models.CharField(editable=False, max_length=200)),
                ('name', models.CharField(db_index=True, max_length=100)),
                ('task', models.CharField(choices=[('retrain', 'retrain'), ('validate', 'validate'), ('prune', 'prune')], help_text='retrain: train a candidate by the recipe and judge it. validate: judge the newest version. prune: remove what is past its time.', max_length=20)),
                ('trigger', models.CharField(choices=[('interval', 'Interval'), ('cron', 'Cron')], default='interval', max_length=10)),
                ('every_seconds', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(31622400)])),
                ('cron', models.CharField(blank=True, help_text='Five fields, in UTC; weekdays by name: 0 3 * * mon-fri', max_length=100)),
                ('enabled', models.BooleanField(default=True)),
                ('after_interruption', models.CharField(choices=[('leave', 'leave it: the next occurrence comes by itself'), ('queue_again', 'queue it again')], default='leave', help_text='Of a run that was at work when the scheduler was killed or stopped.', max_length=12)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical schedule',
                'verbose_name_plural': 'historical schedules',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='historicalchecklimit',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalchecklimit',
            name='registered_model',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='predictions.registeredmodel'),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='registered_model',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='predictions.registeredmodel'),
        ),
        migrations.AddField(
            model_name='historicalrecipe',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalrecipe',
            name='registered_model',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='predictions.registeredmodel'),
        ),
        migrations.AddField(
            model_name='historicalschedule',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalschedule',
            name='registered_model',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='predictions.registeredmodel'),
        ),
    ]
