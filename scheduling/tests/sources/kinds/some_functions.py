"""Functions that sources call in tests: good ones, and all that people can do wrong."""

import os
import sys
import time

import pandas as pd
import pyarrow as pa
from django.contrib.auth.models import User

from predictions.models import ModelVersion, RegisteredModel

asked = []


def frame(since, until):
    asked.append((since, until))
    return pd.DataFrame({"age": [1, 2], "city": ["a", None], "left_us": [0, 1]})


def categories(since, until):
    return pd.DataFrame({"city": pd.Categorical(["a", "b"]), "n": pd.array([1, None], dtype="Int64")})


def batches(since, until):
    for start in range(0, 30, 10):
        yield pa.record_batch({"age": list(range(start, start + 10))})


def users(since, until):
    return User.objects.order_by("pk").values("username", "is_staff", "date_joined", "last_login")


def models(since, until):
    return RegisteredModel.objects.values_list("name", "log_rate")


def json_field(since, until):
    return ModelVersion.objects.all()


def raises(since, until):
    raise ValueError("the secret of Ann")


def raises_late(since, until):
    yield pa.record_batch({"age": [1]})
    raise ValueError("the secret of Ann")


def exits(since, until):
    sys.exit(3)


def hangs(since, until):
    time.sleep(60)


def forks(since, until):
    if pid := os.fork():
        os.waitpid(pid, 0)
    return frame(since, until)


def prints(since, until):
    sys.stdout.buffer.write(b"\xff\xfe")
    print("hello")  # noqa: T201
    return frame(since, until)


def nothing(since, until):
    return None


def rows_of_dicts(since, until):
    return [{"age": 1}]


def no_batch(since, until):
    return iter(())


def two_types(since, until):
    yield pa.record_batch({"age": [1]})
    yield pa.record_batch({"age": ["old"]})


def other_columns(since, until):
    yield pa.record_batch({"age": [1]})
    yield pa.record_batch({"size": [1]})


def mixed_column(since, until):
    return pd.DataFrame({"age": [1, "old"]})


def named_twice(since, until):
    return pd.DataFrame([[1, 2]], columns=["age", "age"])


def named_by_number(since, until):
    return pd.DataFrame([[1, 2]])


def lists(since, until):
    return pa.table({"age": [[1], [2]]}).to_reader()


def no_argument():
    return None


def eats_memory(since, until):
    raise MemoryError
