"""Questions about registered models: who sees them, and what is live."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from predictions.models import RegisteredModel, Signature
from predictions.models.people.roles import give
from predictions.models.promotion import live_promotion, live_version, with_live
from predictions.tests.factories import make_live, make_model, make_person, make_version

pytestmark = pytest.mark.django_db


def test_everybody_sees_public_models_and_who_has_a_role_private_ones():
    make_model("open")
    closed = make_model("closed", public=False)

    def seen_by(user):
        return [model.name for model in RegisteredModel.objects.visible_to(user)]

    assert seen_by(AnonymousUser()) == seen_by(None) == ["open"]
    assert seen_by(make_person("bob")) == ["open"]
    assert seen_by(make_person("ann", "view_registeredmodel")) == ["closed", "open"]
    give(cleo := make_person("cleo"), {"reader"}, closed)
    assert seen_by(cleo) == ["closed", "open"]


def test_it_knows_the_live_version_of_each_model_in_one_query(django_assert_num_queries):
    a, b = make_model("a"), make_model("b")
    first, second = make_version(a, "first"), make_version(a, "second")
    for version in (first, second):
        make_live(version)
    make_version(b, "not live")
    with django_assert_num_queries(1):
        live = {model.name: model.live_version_id for model in with_live(RegisteredModel.objects.all())}
    assert live == {"a": second.pk, "b": None}


def test_it_knows_the_output_name_of_the_newest_signature():
    model = make_model()
    Signature.objects.create(registered_model=model, number=2, task="regression", output_name="price")
    RegisteredModel.objects.create(name="bare", title="Without a signature")
    names = {model.name: model.output_name for model in with_live(RegisteredModel.objects.all())}
    assert names == {"wine": "price", "bare": "prediction"}


def test_a_model_of_which_nothing_is_live_says_none():
    model = make_model()
    make_version(model, "a")
    assert (live_promotion(model), live_version(model)) == (None, None)


@pytest.mark.parametrize("name", ["iris", "iris-2", "a_b", "0", "x" * 64])
def test_a_name_may_stand_in_a_url(name):
    RegisteredModel(name=name, title="T").full_clean()


@pytest.mark.parametrize("name", ["", "Iris", "-a", "_a", "a b", "a/b", "a.b", "é", "a\n", "x" * 65, "a\0"])
def test_other_names_are_refused(name):
    with pytest.raises(ValidationError) as refused:
        RegisteredModel(name=name, title="T").full_clean()
    assert refused.value.error_dict.keys() == {"name"}


def test_fixtures_find_it_by_its_name():
    model = make_model("iris")
    assert RegisteredModel.objects.get_by_natural_key("iris") == model
    assert str(model) == "iris"


def test_a_long_reason_is_shortened_within_a_sentence():
    model = make_model()
    model.hold(by="ada", reason="W" * 1500)
    assert (model.held_in_words[:8], len(model.held_in_words)) == ("ada (WWW", len("ada ()") + 200)
    assert len(model.held_reason) == 1500
