"""What the ledger and the registry may not contradict: which rows are of one registered model."""

from predictions.models.agreement import Agreement, fixed

OF_THE_MODEL = (
    "EXISTS (SELECT 1 FROM predictions_modelversion v"
    " JOIN predictions_signature s ON s.id = v.signature_id"
    " WHERE v.id = NEW.{column} AND s.registered_model_id = NEW.registered_model_id)"
)
EARLIER = (
    "EXISTS (SELECT 1 FROM predictions_promotion b WHERE b.registered_model_id = NEW.registered_model_id"
    " AND b.sequence = {sequence} AND b.version_id = NEW.{column})"
)
LINKS = ("registered_model_id", "sequence", "version_id", "replaced_version_id", "restores", "kind")

AGREEMENTS = (
    Agreement(
        name="promotion_is_of_its_versions_model",
        table="predictions_promotion",
        columns=("registered_model_id", "version_id", "replaced_version_id"),
        refused=f"NOT {OF_THE_MODEL.format(column='version_id')} OR NEW.replaced_version_id IS NOT NULL"
        f" AND NOT {OF_THE_MODEL.format(column='replaced_version_id')}",
    ),
    Agreement(
        name="promotion_replaces_what_was_live",
        table="predictions_promotion",
        columns=("registered_model_id", "sequence", "replaced_version_id"),
        refused="NEW.replaced_version_id IS NOT NULL"
        f" AND NOT {EARLIER.format(sequence='NEW.sequence - 1', column='replaced_version_id')}",
    ),
    Agreement(
        name="roll_back_restores_an_earlier_version",
        table="predictions_promotion",
        columns=("registered_model_id", "restores", "version_id"),
        refused="NEW.restores IS NOT NULL"
        f" AND NOT {EARLIER.format(sequence='NEW.restores', column='version_id')}",
    ),
    fixed("predictions_promotion", *LINKS, name="promotion_stays_as_it_was"),
    Agreement(
        name="version_is_trained_on_its_models_rows",
        table="predictions_modelversion",
        columns=("signature_id", "training_dataset_id"),
        refused="NEW.training_dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM predictions_dataset d"
        " JOIN predictions_signature s ON s.registered_model_id = d.registered_model_id"
        " WHERE d.id = NEW.training_dataset_id AND s.id = NEW.signature_id)",
    ),
    Agreement(
        name="prediction_is_of_its_versions_model",
        table="predictions_prediction",
        columns=("registered_model_id", "model_version_id"),
        refused=f"NOT {OF_THE_MODEL.format(column='model_version_id')}",
    ),
    fixed("predictions_modelversion", "signature_id", name="version_stays_with_its_signature"),
    fixed("predictions_dataset", "registered_model_id", name="dataset_stays_with_its_model"),
    fixed(
        "predictions_signature",
        "registered_model_id",
        name="signature_with_versions_stays_with_its_model",
        once="EXISTS (SELECT 1 FROM predictions_modelversion v WHERE v.signature_id = OLD.id)",
    ),
)
