"""Training code as people write it, and as they should not. Each is `train(frame, context)`."""

import os
import subprocess
import sys
import threading
import time
import warnings

from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

FEATURES = ["sepallength", "sepalwidth", "petallength", "petalwidth"]


def good(frame, context):
    contract = context.signature
    context.progress(0.4, "fold 2 of 5")
    context.log(accuracy=0.9, rows=len(frame))
    context.warn("Few rows\nof one kind.")
    depth = context.champion_parameters.get("max_depth") or 3
    tree = DecisionTreeClassifier(max_depth=depth, random_state=context.seed)
    return tree.fit(frame[list(contract.features)], frame[contract.output])


def noisy(frame, context):
    """Prints by Python, by C and by another process, changes all that it can, and leaves threads behind."""
    sys.stdout.write("x" * 200_000)
    sys.stdout.write("\nby Python\n")
    os.write(1, b"by C: \xff\x00\n")
    subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('by another\\n')"], check=True)
    fitted = good(frame.copy(), context)
    os.chdir("/")
    frame.drop(frame.index, inplace=True)
    threading.Thread(target=time.sleep, args=(600,)).start()
    warnings.warn("a warning", stacklevel=1)
    return fitted


def none(frame, context):
    good(frame, context)


def unfitted(frame, context):
    return LogisticRegression()


def regressor(frame, context):
    return LinearRegression().fit(frame[FEATURES], frame["species"])


def other_features(frame, context):
    return LogisticRegression().fit(frame[FEATURES[:2]], frame["species"])


def other_labels(frame, context):
    return LogisticRegression().fit(frame[FEATURES], frame["species"].map(str))


def no_model(frame, context):
    return {"weights": [1, 2]}


def not_stored(frame, context):
    fitted = good(frame, context)
    fitted.score_by = lambda values: values
    return fitted


class Odd(LogisticRegression):
    def __setstate__(self, state):
        raise RuntimeError("no")


def not_loaded(frame, context):
    return Odd().fit(frame[FEATURES], frame["species"])


def raising(frame, context):
    return {}[frame["sepallength"].iloc[0]]


def bad_log(frame, context):
    context.log(loss=float("nan"))


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def unspeakable(frame, context):
    raise Unspeakable


def strange_texts(frame, context):
    """Characters that a database cannot hold, wherever a text is kept."""
    context.progress(0.5, "nul \x00 half \ud800")
    context.warn("nul \x00 half \ud800")
    context.log(**{"nul \x00 half \ud800": 1})
    sys.stdout.write("nul \x00")
    raise ValueError("nul \x00 half \ud800")


def exiting(frame, context):
    sys.exit("enough")


def exiting_at_once(frame, context):
    sys.stdout.write("before the end\n")
    os._exit(3)


def hanging(frame, context):
    time.sleep(600)


def hungry(frame, context):
    return bytearray(8 * 2**30)


def forking(frame, context):
    """The second process comes back too."""
    if os.fork() == 0:
        return none(frame, context)
    time.sleep(0.3)
    return good(frame, context)
