import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('predictions', '0005_history'),
        ('scheduling', '0004_gate_comparison'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApprovalAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('approved', 'Approved'), ('refused', 'Refused'), ('lapsed', 'Lapsed')], max_length=10)),
                ('by', models.CharField(max_length=200)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ApprovalRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='approval',
            field=models.CharField(choices=[('automatic', 'the gate, by itself'), ('by_person', 'a person, who approves the run'), ('never', 'nobody: a dry run')], default='automatic', help_text='What becomes of a candidate that passes: it goes live, it waits, or it is only told of.', max_length=10, verbose_name='who flips'),
        ),
        migrations.AlterField(
            model_name='run',
            name='decision',
            field=models.CharField(blank=True, choices=[('promoted', 'Promoted'), ('kept', 'Kept'), ('cannot_tell', "can't tell"), ('blocked', 'Blocked'), ('awaiting_approval', 'awaiting approval'), ('refused', 'refused by a person'), ('lapsed', 'lapsed: not approved in time'), ('would_promote', 'would have been promoted (dry run)')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'awaiting_approval'), _negated=True), ('status', 'finished'), _connector='OR'), name='only_a_finished_run_awaits_approval'),
        ),
        migrations.AddField(
            model_name='approvalanswer',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='replacing',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='predictions.promotion'),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='run',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='approval_request', to='scheduling.run'),
        ),
        migrations.AddField(
            model_name='approvalanswer',
            name='request',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='scheduling.approvalrequest'),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('asked_at'))), name='a_question_is_open_for_a_while'),
        ),
        migrations.AddConstraint(
            model_name='approvalanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='an_answer_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='approvalanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'lapsed'), ('user__isnull', True)), models.Q(('kind__in', ['approved', 'refused']), ('user__isnull', False)), _connector='OR'), name='only_a_person_approves_or_refuses'),
        ),
    ]
