"""What a run, its question and its watch may not contradict: they speak of one registered model."""

from predictions.models.agreements import OF_THE_MODEL, Agreement, fixed

ROW_OF_THE_MODEL = (
    "EXISTS (SELECT 1 FROM {table} o WHERE o.id = NEW.{column}"
    " AND o.registered_model_id = NEW.registered_model_id{more})"
)
OF_RUN = ("registered_model_id", "candidate_id", "champion_id", "evaluation_dataset_id", "retry_of_id")


def _unless(column: str, holds: str) -> str:
    return f"NEW.{column} IS NOT NULL AND NOT {holds}"


def _version(column: str) -> str:
    return _unless(column, OF_THE_MODEL.format(column=column))


def _row(column: str, table: str, more: str = "") -> str:
    return _unless(column, ROW_OF_THE_MODEL.format(table=table, column=column, more=more))


AGREEMENTS = (
    Agreement(
        name="run_is_about_one_model",
        table="scheduling_run",
        columns=OF_RUN,
        refused=f"{_version('candidate_id')} OR {_version('champion_id')} OR"
        f" {_row('evaluation_dataset_id', 'predictions_dataset')} OR {_row('retry_of_id', 'scheduling_run')}",
    ),
    Agreement(
        name="run_promotes_its_candidate",
        table="scheduling_run",
        columns=("registered_model_id", "candidate_id", "promotion_id"),
        refused=_row("promotion_id", "predictions_promotion", " AND o.version_id = NEW.candidate_id"),
    ),
    fixed("scheduling_run", "registered_model_id", name="run_stays_with_its_model"),
    Agreement(
        name="approval_is_about_its_runs_model",
        table="scheduling_approvalrequest",
        columns=("run_id", "replacing_id"),
        refused=_unless(
            "replacing_id",
            "EXISTS (SELECT 1 FROM predictions_promotion p"
            " JOIN scheduling_run r ON r.registered_model_id = p.registered_model_id"
            " WHERE p.id = NEW.replacing_id AND r.id = NEW.run_id)",
        ),
    ),
    Agreement(
        name="answer_says_what_became_of_its_run",
        table="scheduling_approvalanswer",
        columns=("request_id", "kind"),
        refused="NOT EXISTS (SELECT 1 FROM scheduling_approvalrequest q"
        " JOIN scheduling_run r ON r.id = q.run_id WHERE q.id = NEW.request_id AND r.decision ="
        " CASE NEW.kind WHEN 'approved' THEN 'promoted' ELSE NEW.kind END)",
    ),
    Agreement(
        name="watch_rolls_back_its_promotion",
        table="scheduling_watch",
        columns=("promotion_id", "roll_back_id"),
        refused=_unless(
            "roll_back_id",
            "EXISTS (SELECT 1 FROM predictions_promotion b"
            " JOIN predictions_promotion p ON p.registered_model_id = b.registered_model_id"
            " AND p.version_id = b.replaced_version_id AND p.sequence = b.sequence - 1"
            " WHERE b.id = NEW.roll_back_id AND b.kind = 'roll_back' AND p.id = NEW.promotion_id)",
        ),
    ),
    fixed("scheduling_watch", "promotion_id", name="watch_stays_with_its_promotion"),
    Agreement(
        name="look_is_at_its_runs_set",
        table="scheduling_look",
        columns=("run_id", "evaluation_dataset_id"),
        refused=_unless(
            "run_id",
            "EXISTS (SELECT 1 FROM scheduling_run r WHERE r.id = NEW.run_id"
            " AND r.evaluation_dataset_id = NEW.evaluation_dataset_id)",
        ),
    ),
    Agreement(
        name="hold_out_is_of_one_model",
        table="scheduling_holdout",
        columns=("evaluation_dataset_id", "first_id"),
        refused="NOT EXISTS (SELECT 1 FROM predictions_dataset d"
        " JOIN predictions_dataset f ON f.registered_model_id = d.registered_model_id"
        " WHERE d.id = NEW.evaluation_dataset_id AND f.id = NEW.first_id)",
    ),
)
