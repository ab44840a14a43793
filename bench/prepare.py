"""The rival: the same preparation with scikit-learn, in memory. Usage: prepare.py <file.csv> <folder>; prints JSON."""
import csv
import json
import os
import resource
import sys
import time

import numpy as np
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

path, folder = sys.argv[1:3]
start = time.perf_counter()
with open(path, newline="", encoding="utf-8") as file:
    reader = csv.reader(file)
    names = next(reader)
    rows = np.array(list(reader), dtype=object)
labels = (rows[:, -1] == ">50K").astype(int)
features = rows[:, :-1]
numeric = [i for i in range(features.shape[1]) if all(cell.lstrip("-").isdigit() for cell in features[:1000, i])]
texts = [i for i in range(features.shape[1]) if i not in numeric]
recipe = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
    ]
)
train_x, rest_x, train_y, rest_y = train_test_split(features, labels, train_size=0.7, random_state=7, stratify=labels)
valid_x, test_x, valid_y, test_y = train_test_split(rest_x, rest_y, train_size=0.5, random_state=7, stratify=rest_y)
prepared = [recipe.fit_transform(train_x), recipe.transform(valid_x), recipe.transform(test_x)]
for name, matrix, y in zip(["train", "validation", "test"], prepared, [train_y, valid_y, test_y]):
    dense = matrix.toarray() if sparse.issparse(matrix) else matrix
    with open(os.path.join(folder, f"{name}.csv"), "w", encoding="utf-8") as out:
        for label, row in zip(y, dense):
            out.write(f"{label},{','.join(map(repr, row.tolist()))}\n")
print(
    json.dumps(
        {
            "milliseconds": 1000 * (time.perf_counter() - start),
            "rows": len(labels),
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
