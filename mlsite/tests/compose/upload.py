"""Print the body of an upload: a forest of the Iris training rows, as the docs show it."""

import base64
import json
import sys

import pandas as pd
import skops.io
from sklearn.ensemble import RandomForestClassifier

rows = pd.read_csv("fixtures/iris/training.csv")
features = ["sepallength", "sepalwidth", "petallength", "petalwidth"]
model = RandomForestClassifier(n_estimators=48, random_state=7).fit(rows[features], rows["species"])
body = {
    "modelFilename": "my-model.skops",
    "modelObject": base64.b64encode(skops.io.dumps(model)).decode(),
}
json.dump(body, sys.stdout)
