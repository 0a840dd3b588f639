"""The flip: one row of the ledger, or nothing at all."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from predictions.models import ModelVersion, Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import AlreadyLive, Approval, LiveVersionChanged, VersionRetired, promote
from predictions.tests.factories import APPROVAL, ledger, make_live, make_model, make_person, make_version

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("approval", [None, "yes", True, {"by": "ann", "reason": "it is good"}])
def test_it_promotes_nothing_without_an_approval(approval):
    version = make_version(make_model(), "a")
    with pytest.raises(TypeError, match="Approval"):
        promote(version=version, replacing=None, approval=approval)
    assert ledger() == []


def test_it_cannot_be_called_without_naming_an_approval():
    version = make_version(make_model(), "a")
    with pytest.raises(TypeError):
        promote(version=version, replacing=None)
    assert ledger() == []


@pytest.mark.parametrize(("by", "reason"), [("", "r"), ("ann", ""), (" ", "r"), ("ann", "\n")])
def test_an_approval_says_who_and_why(by, reason):
    with pytest.raises(ValueError, match="pproval"):
        Approval(by=by, reason=reason)


def test_nobody_is_not_a_person_who_approves():
    with pytest.raises(ValueError, match="pproval"):
        Approval.by_person(AnonymousUser(), reason="r")


def test_it_makes_the_first_version_live():
    version = make_version(make_model(), "a")
    ann = make_person()
    assert live_version(version.registered_model) is None
    promote(version=version, replacing=None, approval=Approval.by_person(ann, reason="the first"))
    row = Promotion.objects.get()
    assert live_version(version.registered_model) == version
    assert (row.sequence, row.version, row.replaced_version, row.kind) == (1, version, None, "promote")
    assert (row.by, row.user, row.reason, row.restores) == ("ann", ann, "the first", None)
    assert row.at is not None
    assert str(row) == "wine #1: promote 1.0"


def test_the_sequence_grows_by_one_and_each_row_names_what_it_replaced():
    model = make_model()
    versions = [make_version(model, name) for name in "abc"]
    for version in versions:
        make_live(version)
        assert live_version(model) == version
    rows = Promotion.objects.order_by("sequence")
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert [row.replaced_version for row in rows] == [None, *versions[:2]]


def test_a_version_that_was_live_before_may_be_promoted_again():
    model = make_model()
    a, b = make_version(model, "a"), make_version(model, "b")
    for version in (a, b, a):
        make_live(version)
    assert [row[2] for row in ledger()] == ["a", "b", "a"]


def test_each_model_has_a_sequence_of_its_own():
    for name in ("wine", "roses"):
        make_live(make_version(make_model(name), name))
    assert [row[:3] for row in ledger()] == [(1, "promote", "wine"), (1, "promote", "roses")]


def test_it_refuses_when_the_row_underneath_changed_and_leaves_nothing_behind():
    model = make_model()
    a, b, c = (make_version(model, name) for name in "abc")
    compared_with = make_live(a)
    make_live(b)
    before = ledger()
    with pytest.raises(LiveVersionChanged, match="wine"):
        promote(version=c, replacing=compared_with, approval=APPROVAL)
    assert ledger() == before
    assert live_version(model) == b


def test_it_refuses_to_be_the_first_where_something_is_live():
    model = make_model()
    make_live(make_version(model, "a"))
    before = ledger()
    with pytest.raises(LiveVersionChanged):
        promote(version=make_version(model, "b"), replacing=None, approval=APPROVAL)
    assert ledger() == before


def test_the_version_that_is_live_is_not_promoted_again():
    version = make_version(make_model(), "a")
    live = make_live(version)
    with pytest.raises(AlreadyLive, match=r"wine 1\.0"):
        promote(version=version, replacing=live, approval=APPROVAL)
    assert len(ledger()) == 1


def retire(version):
    """As pruning does: behind the back of `save()`, for a version is evidence."""
    ModelVersion.objects.filter(pk=version.pk).update(retired_at=timezone.now())


def test_a_version_whose_files_were_removed_is_not_promoted():
    version = make_version(make_model(), "a")
    retire(version)
    with pytest.raises(VersionRetired, match=r"wine 1\."):
        promote(version=ModelVersion.objects.get(), replacing=None, approval=APPROVAL)
    assert ledger() == []


def test_a_version_whose_files_were_removed_meanwhile_is_not_promoted():
    version = make_version(make_model(), "a")
    retire(version)
    with pytest.raises(VersionRetired):
        promote(version=version, replacing=None, approval=APPROVAL)
    assert ledger() == []


def test_it_does_not_replace_what_is_live_of_another_model():
    wine, roses = make_model("wine"), make_model("roses")
    make_live(make_version(wine, "a"))
    for name in "bcd":
        make_live(make_version(roses, name))
    before = ledger()
    other = live_promotion(roses)  # would make it number 4 of wine's ledger, after number 1
    with pytest.raises(LiveVersionChanged):
        promote(version=make_version(wine, "e"), replacing=other, approval=APPROVAL)
    assert ledger() == before
