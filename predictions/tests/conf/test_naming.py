"""Messages name a key as the project writes it: in its settings, or in the environment."""

import pytest

from predictions.conf import setting_name
from predictions.conf.problems import problems
from predictions.registry import artefacts


@pytest.mark.parametrize(
    ("by_environment", "named"), [(True, "MAX_ROWS"), (False, 'MODEL_DELIVERY["MAX_ROWS"]')]
)
def test_a_key_is_named_as_it_is_written(settings, by_environment, named):
    settings.MODEL_DELIVERY_IN_ENVIRONMENT = by_environment
    assert setting_name("MAX_ROWS") == named
    (problem,) = problems({"MAX_ROWS": 0})
    assert str(problem).startswith(f"{named} should be")


def test_a_project_has_the_dict_unless_it_says_otherwise(settings):
    del settings.MODEL_DELIVERY_IN_ENVIRONMENT
    assert setting_name("MAX_ROWS") == 'MODEL_DELIVERY["MAX_ROWS"]'
    with pytest.raises(artefacts.ArtefactMissing) as refused:
        artefacts.read("nothing", sha256="0" * 64)
    assert 'MODEL_DELIVERY["MEDIA_ROOT"]' in str(refused.value)
