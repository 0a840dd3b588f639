from django.db import migrations
from django.utils import timezone

BY = "no person: the upgrade"
FLOOR = "log_loss_floor"
OF_THE_POLICY = (1e-9, 0.49)  # what the policy takes; the check took up to .5
GONE = {
    "evaluation_metrics": (FLOOR,),
    "data_quality": ("min_rows", "max_constant_features"),
}


def move_limits(apps, schema_editor):
    """Put overrides where their limits are now; without this every run of such a model would end in an error.

    `log_loss_floor` is the policy's, `min_rows` that of `enough_rows`, and constant features have no number any
    more. What people have set at the new place stays. Each change is in the history of its row.
    """
    CheckLimit = apps.get_model("scheduling", "CheckLimit")
    for override in CheckLimit.objects.filter(check_id__in=GONE).order_by("pk"):
        names = [name for name in GONE[override.check_id] if name in override.limits]
        if not names:
            continue
        moved = {name: override.limits.pop(name) for name in names}
        override.save(update_fields=["limits"])
        _keep(apps, override, "~", f"{', '.join(names)}: moved to where it is asked now, or gone")
        if FLOOR in moved:
            _to_policy(apps, override.registered_model, moved[FLOOR])
        if "min_rows" in moved:
            _to_enough_rows(apps, override.registered_model, moved["min_rows"])


def _to_policy(apps, model, floor):
    GatePolicy = apps.get_model("scheduling", "GatePolicy")
    default = GatePolicy._meta.get_field(FLOOR).default
    metric = {"primary_metric": "rmse"} if _is_regression(model) else {}
    policy, made = GatePolicy.objects.get_or_create(registered_model=model, defaults=metric)
    if getattr(policy, FLOOR) != default:
        return
    setattr(policy, FLOOR, min(max(floor, OF_THE_POLICY[0]), OF_THE_POLICY[1]))
    policy.save(update_fields=[FLOOR])
    _keep(apps, policy, "+" if made else "~", f"{FLOOR}: moved from the check evaluation_metrics")


def _is_regression(model):
    newest = model.signatures.order_by("-number").first()
    return newest is not None and newest.task == "regression"


def _to_enough_rows(apps, model, least):
    CheckLimit = apps.get_model("scheduling", "CheckLimit")
    override, made = CheckLimit.objects.get_or_create(registered_model=model, check_id="enough_rows")
    if "min_rows" in override.limits:
        return
    override.limits = {**override.limits, "min_rows": least}
    override.save(update_fields=["limits"])
    _keep(apps, override, "+" if made else "~", "min_rows: moved from the check data_quality")


def _keep(apps, row, kind, why):
    history = apps.get_model("scheduling", f"Historical{row._meta.object_name}")
    columns = [field.attname for field in row._meta.fields]
    history.objects.create(
        **{column: getattr(row, column) for column in columns},
        history_date=timezone.now(),
        history_type=kind,
        history_by=BY,
        history_change_reason=why,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('predictions', '0007_feedback'),
        ('scheduling', '0012_ranks_of_many_labels'),
    ]

    operations = [
        migrations.RunPython(move_limits, migrations.RunPython.noop),
    ]
