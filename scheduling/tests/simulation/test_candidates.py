"""The candidates of a real past: fitted by the recipe and kept nowhere, or the versions of each period."""

import pytest
from django.utils import timezone

from predictions.models import ModelVersion, Signature
from predictions.registry.datasets import Tables, read_frame
from predictions.registry.registration import register_estimator
from scheduling.models import Recipe
from scheduling.simulation.candidates import ByRecipe, ByVersions, versions_of
from scheduling.simulation.past import NoAnswers
from scheduling.simulation.periods import periods_of
from scheduling.tests.simulation.past_factory import make_churn
from scheduling.training.by_recipe import build
from scheduling.training.fitting import fit
from scheduling.training.preprocessing import with_preprocessing

pytestmark = pytest.mark.django_db


@pytest.fixture
def churn():
    return make_churn(3, rows=80)


def periods(model):
    return periods_of(model, spec(model))[0]


def spec(model):
    return model.signatures.order_by("-number").first().spec()


def by_recipe(model):
    return ByRecipe(recipe=model.recipe, spec=spec(model), periods=periods(model))


def asked(candidates, model, version, period):
    table = Tables().of(periods(model)[period].evaluation)
    return candidates.answers(version, table, spec(model).answerable(table.frame(spec(model))))


def make_version(model, period, *, c=1.0, **columns):
    """A version fitted on the training set of a period."""
    chosen, of_model = periods(model)[period], spec(model)
    frame = read_frame(chosen.training, of_model)
    estimator = with_preprocessing(build("LogisticRegression", {"C": c}, seed=0), of_model, frame)
    fit(estimator, frame, of_model)
    version = register_estimator(
        estimator=estimator,
        name=f"logistic-{period}-{c}",
        signature=model.signatures.order_by("-number").first(),
        evaluation=Tables().of(chosen.evaluation),
        training=chosen.training,
        source="trained",
        created_by="a test",
    )
    ModelVersion.objects.filter(pk=version.pk).update(**columns)
    version.refresh_from_db()
    return version


def test_the_recipe_is_fitted_once_and_registered_nowhere(churn, monkeypatch):
    fits = []
    monkeypatch.setattr("scheduling.simulation.candidates.fit", lambda *given: fits.append(1) or fit(*given))
    candidates = by_recipe(churn)
    first, again = (asked(candidates, churn, 0, period) for period in (0, 1))
    assert (len(first.outputs), len(again.outputs), fits) == (80, 80, [1])
    assert not ModelVersion.objects.exists()
    candidates.keep_only({1})
    asked(candidates, churn, 0, 0)
    assert fits == [1, 1]


def test_the_draw_of_a_period_stays_the_same_however_many_are_chosen(churn):
    few = ByRecipe(recipe=churn.recipe, spec=spec(churn), periods=periods(churn)[1:])
    assert [few.name(i) for i in range(2)] == [by_recipe(churn).name(i) for i in (1, 2)]


@pytest.mark.parametrize(
    "columns",
    [{"parameters": {"C": [-1]}}, {"parameters": {"nothing": [1]}}, {"estimator": "RandomForestRegressor"}],
)
def test_a_recipe_that_cannot_be_fitted_is_no_candidate(churn, columns):
    Recipe.objects.update(**columns)
    churn.recipe.refresh_from_db()
    with pytest.raises(NoAnswers):
        asked(by_recipe(churn), churn, 0, 0)


def test_a_training_set_whose_file_is_gone_is_no_candidate(churn, config):
    training = periods(churn)[1].training
    (config.MEDIA_ROOT / training.file).unlink()
    with pytest.raises(NoAnswers, match=training.file):
        asked(by_recipe(churn), churn, 1, 1)


def test_a_version_stands_for_the_period_that_it_was_trained_on(churn):
    third, first = make_version(churn, 2), make_version(churn, 0)
    newer = make_version(churn, 0, c=2.0)
    assert list(versions_of(churn, periods(churn))) == [newer, None, third]
    assert first not in versions_of(churn, periods(churn))


def test_a_version_without_a_set_stands_for_the_first_period_after_it(churn):
    first, second, _ = (one.evaluation.created_at for one in periods(churn))
    uploaded = make_version(churn, 0, training_dataset=None, created_at=second)
    late = make_version(churn, 1, training_dataset=None, created_at=timezone.now())
    assert list(versions_of(churn, periods(churn))) == [None, uploaded, None]
    assert late.created_at > second > first


def test_a_retired_version_stands_for_nothing(churn):
    make_version(churn, 1, retired_at=timezone.now())
    assert list(versions_of(churn, periods(churn))) == [None, None, None]


def test_a_version_answers_by_its_served_form_and_no_artefact_is_opened(churn, config):
    version = make_version(churn, 0)
    (config.MEDIA_ROOT / version.artefact).unlink()
    candidates = ByVersions(spec=spec(churn), versions=[version, None, None])
    assert len(asked(candidates, churn, 0, 2).outputs) == 80
    assert (candidates.name(0), candidates.name(1)) == ("1.0", "")
    with pytest.raises(NoAnswers):
        asked(candidates, churn, 1, 1)
    (config.MEDIA_ROOT / version.served_form).unlink()
    with pytest.raises(NoAnswers, match=version.served_form):
        asked(candidates, churn, 0, 2)


def test_a_version_of_an_older_signature_answers_in_terms_of_the_newest(churn):
    version = make_version(churn, 0)
    old = churn.signatures.get()
    newest = Signature.objects.create(
        registered_model=churn, number=2, task="classification", output_name="left", labels=[0, 1, 2]
    )
    for feature in old.features.all():
        feature.pk, feature.signature, feature._state.adding = None, newest, True
        feature.save()
    answers = asked(ByVersions(spec=spec(churn), versions=[version]), churn, 0, 0)
    assert answers.probabilities.shape == (80, 3)
