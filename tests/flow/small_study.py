"""A small study with a known effect."""

from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]

STUDY = """\
version: 1
id: evening-classes
title: Evening classes for young people out of school
question: Did an offer of evening classes raise the points that young people earned?
status: running
programme: {owner: A town}
intervention:
  {name: Evening classes, why: w, what: w, provider: w, how: w, where: w, dose: w, tailoring: w,
   changes: w, fidelity: w, class: [compensating], reach: selective, levels: [individual]}
comparison: {who: Others, received: Nothing, why_credible: A lottery}
data:
  kind: public
  source: people.csv
outcomes:
  points: {column: points, unit: points, role: primary, direction: increase, smallest_worthwhile: 2}
analyses:
  main:
    outcome: points
    estimand: ATE
    design: {randomised: {treated: offered, covariates: [age]}}
    adjustment: none
"""
DICTIONARY = """\
# Data dictionary

## evening-classes

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| offered | boolean | | | | 1 if a place was offered | lottery |
| age | number | years | 15..30 | | age | register |
| points | number | points | | | points earned | register |
"""


def people(n=120, effect=3.0, seed=1):
    """Return CSV text of a lottery with a known effect."""
    rng = np.random.default_rng(seed)
    offered = rng.permutation(np.repeat([0, 1], n // 2))
    age = rng.uniform(16, 25, n)
    points = 20 + effect * offered + 0.5 * age + rng.normal(0, 2, n)
    rows = zip(offered, age, points, strict=True)
    return "offered,age,points\n" + "".join(f"{a},{b:.4f},{c:.4f}\n" for a, b, c in rows)
