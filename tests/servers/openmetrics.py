"""Reads OpenMetrics text from standard input by prometheus_client, strictly, and prints its samples as JSON.

A sample's key is its name and its labels, as in `duban_hand_overs_total{channel=sms,outcome=taken}`.
"""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

samples, helps = {}, {}
for family in text_string_to_metric_families(sys.stdin.read()):
    helps[family.name] = family.documentation
    for sample in family.samples:
        labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
        samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
print(json.dumps({"samples": samples, "helps": helps}))
