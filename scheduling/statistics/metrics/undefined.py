"""The one error of the statistics: a question that these rows cannot answer."""


class MetricUndefined(Exception):
    """The metric has no value here, or no method whose error rates would hold; the text says why."""
