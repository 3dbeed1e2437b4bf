"""The same numbers from a cluster of two processes, where Dask is installed."""

import pytest
from simulated_trials import people

from evaluate.diagnosis.diagnose import diagnose
from evaluate.diagnosis.draws import SCHEDULER, Task, simulate_all
from evaluate.errors import StudyError

distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")


@pytest.mark.slow
def test_a_cluster_gives_the_same_numbers(monkeypatch):
    here = diagnose({"main": people(40)}, (1,), draws=100, workers=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.scheduler_address)
        there = diagnose({"main": people(40)}, (1,), draws=100)
        with distributed.Client(cluster) as client:
            done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert len(done) == 2
    assert min(done.values()) > 0
    assert there == here


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setenv(SCHEDULER, "tcp://127.0.0.1:1")
    monkeypatch.setattr("evaluate.diagnosis.draws.TIMEOUT", "1s")
    with pytest.raises(StudyError) as error:
        simulate_all([Task(people(40), (1,), 20)])
    assert error.value.problems[0].where == SCHEDULER
