"""The findings that are committed were made from what is committed."""

from pathlib import Path

import pytest

from evaluate.verify import fresh

STUDIES = sorted(file.parent for file in Path("studies").glob("*/study.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_the_committed_finding_is_what_the_study_gives_now(study):
    assert fresh(study), "run `python -m evaluate run` and commit studies/*/finding.json"
