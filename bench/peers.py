"""What `bench/peers.mjs` compares with: scikit-learn's roc_auc_score and Fairlearn's MetricFrame on the arrays in the folder argv[1].

Writes one line of JSON: values, seconds, versions. Exits with 3 where a library is not there.
"""

import json
import sys
import time

try:
    import fairlearn
    import numpy
    import pandas
    import sklearn
    from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
    from sklearn.metrics import accuracy_score, roc_auc_score
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(3)

folder, replicates = sys.argv[1], int(sys.argv[2])


def read(name, kind):
    return numpy.fromfile(f"{folder}/{name}", dtype=kind)


labels, predictions = read("labels", "u1"), read("predictions", "u1")
scores, cells = read("scores", "<f8"), read("cells", "<u2")


def timed(work, rounds):
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        value = work()
        best = min(best, time.perf_counter() - started)
    return value, best


auc, auc_seconds = timed(lambda: roc_auc_score(labels, scores), 3)
features = pandas.DataFrame({"sex": cells // 6, "race": cells % 6})
METRICS = {
    "accuracy": accuracy_score,
    "selection_rate": selection_rate,
    "tpr": true_positive_rate,
    "fpr": false_positive_rate,
}


def frame(**bootstrap):
    return MetricFrame(
        metrics=METRICS, y_true=labels, y_pred=predictions, sensitive_features=features, **bootstrap
    )


plain, plain_seconds = timed(frame, 1)
_, boot_seconds = timed(lambda: frame(n_boot=replicates, ci_quantiles=[0.025, 0.975], random_state=1), 1)
print(
    json.dumps(
        {
            "versions": f"scikit-learn {sklearn.__version__}, Fairlearn {fairlearn.__version__}",
            "auc": auc,
            "aucSeconds": auc_seconds,
            "frameSeconds": plain_seconds,
            "bootSeconds": boot_seconds,
            "selection": plain.by_group["selection_rate"].to_numpy().ravel().tolist(),
        }
    )
)
