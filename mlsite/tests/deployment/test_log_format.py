"""What a log line tells of an error: all of it, unless a model that is served redacts features."""

import json
import logging
import logging.config
import sys

import pytest

from predictions.serving import serving
from predictions.serving.serving import ServedModel, Snapshot

CELL = "-777.25"


@pytest.fixture(params=["text", "json"])
def formatter(request, settings):
    """As the settings make it."""
    config = logging.config.DictConfigurator(settings.LOGGING)
    return config.configure_formatter(config.config["formatters"][request.param])


def line(formatter):
    """An error as a logger writes it."""
    try:
        raise ValueError(f"invalid value {CELL}")
    except ValueError:
        record = logging.LogRecord(
            "a", logging.ERROR, __file__, 1, "%s failed", ("/predict",), sys.exc_info()
        )
    return formatter.format(record)


def serve(*redacted):
    model = ServedModel(
        name="iris", public=True, output_name="species", invalid_input_message="", log_rate=100,
        redacted=frozenset(redacted), version=None,
    )  # fmt: skip
    serving.swap(Snapshot(models={"iris": model}))


def test_where_nothing_is_redacted_the_whole_error_is_written(formatter):
    serve()
    assert CELL in line(formatter)


def test_where_a_feature_is_redacted_the_error_is_written_without_its_text(formatter):
    serve("petalwidth")
    said = line(formatter)
    assert CELL not in said
    assert "ValueError" in said
    assert "in line" in said
    assert "/predict failed" in said


def test_json_stays_json(settings):
    config = logging.config.DictConfigurator(settings.LOGGING)
    serve("petalwidth")
    told = json.loads(line(config.configure_formatter(config.config["formatters"]["json"])))
    assert told["message"] == "/predict failed"
