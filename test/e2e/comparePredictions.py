"""Loads the model of a run with real XGBoost and trains another on the same prepared split.

Arguments: the folder with model.tar.gz, features.csv, features.csv.out, labels.csv, train.csv and hyperparameters.json.
Prints JSON: the largest difference of predictions, and the AUC of both models on the held-out rows.
"""
import json
import sys
import tarfile

import numpy as np
import xgboost
from sklearn.metrics import roc_auc_score

folder = sys.argv[1]
with tarfile.open(f"{folder}/model.tar.gz") as archive:
    archive.extract("xgboost-model", folder)
features = np.genfromtxt(f"{folder}/features.csv", delimiter=",", dtype=np.float64)
labels = np.genfromtxt(f"{folder}/labels.csv")
ours = np.genfromtxt(f"{folder}/features.csv.out")
held_out = xgboost.DMatrix(features.astype(np.float32))

booster = xgboost.Booster()
booster.load_model(f"{folder}/xgboost-model")
theirs = booster.predict(held_out)

train = np.genfromtxt(f"{folder}/train.csv", delimiter=",", dtype=np.float64)
given = json.load(open(f"{folder}/hyperparameters.json"))
rounds = int(given.pop("num_round"))
given.pop("eval_metric", None)
settings = {**given, "tree_method": "hist", "nthread": 1, "base_score": 0.5}
real = xgboost.train(settings, xgboost.DMatrix(train[:, 1:].astype(np.float32), label=train[:, 0]), rounds)

print(
    json.dumps(
        {
            "rows": len(labels),
            "difference": float(np.max(np.abs(theirs - ours))),
            "auc": roc_auc_score(labels, ours),
            "realAuc": roc_auc_score(labels, real.predict(held_out)),
        }
    )
)
