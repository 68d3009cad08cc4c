"""scan on a real Ray cluster of two nodes on this machine: the same reports, and a lost node's work done again."""

import threading
import time
from datetime import datetime

import pytest

from evidence_kit.batch.cases import read_cases
from evidence_kit.batch.run import Plan, run_scan
from evidence_kit.batch.work import Settings, judge_order
from evidence_kit.batch.workers import Limits
from tests.scan_cases import NOW, photo, quick_pack, reports, scan, scan_here, small_cases
from tests.test_scan_faults import BAD_SIZE, SOON, crash_work


@pytest.fixture(scope="module")
def cluster():
    """A head without CPUs for work and one node with one; tests may add another."""
    pytest.importorskip("ray", reason="ray is not installed (extra [ray])")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_health_check_initial_delay_ms", "500")
        patch.setenv("RAY_health_check_period_ms", "500")
        patch.setenv("RAY_health_check_timeout_ms", "1000")
        patch.setenv("RAY_health_check_failure_threshold", "3")
        from ray.cluster_utils import Cluster

        store = {"object_store_memory": 80 * 1024 * 1024}
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False, **store})
        made.add_node(num_cpus=1, **store)
        made.wait_for_nodes()
        yield made
        made.shutdown()


def scan_there(cluster, place, out, *, pack, work=judge_order, limits=None, jobs=0):
    from evidence_kit.batch.cluster import Cluster

    settings = Settings(datetime.fromisoformat(NOW), pack=(pack.name, pack.read_bytes()))
    plan = Plan(settings, settings.now, out)
    return run_scan(
        read_cases(str(place)),
        plan,
        lambda settings: Cluster(settings, limits or Limits(), jobs=jobs, address=cluster.address, work=work),
    )


def test_two_nodes_say_byte_for_byte_what_one_machine_says(cluster, tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 6), quick_pack(tmp_path)
    photo(cases / "case-005" / "9.jpg", 1)  # the same as a file of case-000: judged a second time
    more = ("--pack", pack, "--cache", "off", "-q")
    scan(cases, "--out", tmp_path / "here", *more)
    scan(cases, "--out", tmp_path / "there", *more, "--engine", "ray", "--address", cluster.address)
    assert reports(tmp_path / "there") == reports(tmp_path / "here")
    assert (tmp_path / "there" / "findings.csv").read_bytes() == (tmp_path / "here" / "findings.csv").read_bytes()


def test_a_crashing_codec_is_an_error_of_its_item_there_too(cluster, tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 3), quick_pack(tmp_path)
    photo(cases / "case-001" / "bad.jpg", 1, BAD_SIZE)
    summary = scan_there(cluster, cases, tmp_path / "out", pack=pack, work=crash_work, limits=SOON)
    assert summary.with_errors == 1
    assert summary.outcomes["error"] == 1


def slow_work(order, settings, cache, announce):
    time.sleep(1.0)
    return judge_order(order, settings, cache, announce)


def test_a_lost_node_costs_no_case(cluster, tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 10, photos=1), quick_pack(tmp_path)
    scan_here(cases, tmp_path / "here", pack=pack)
    node = cluster.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
    cluster.wait_for_nodes()
    lost = threading.Timer(12.0, cluster.remove_node, args=(node,), kwargs={"allow_graceful": False})
    lost.start()
    try:
        scan_there(cluster, cases, tmp_path / "there", pack=pack, work=slow_work, jobs=3)
    finally:
        lost.join()
    assert reports(tmp_path / "there") == reports(tmp_path / "here")


def test_no_cluster_at_an_address_is_wrong_usage(tmp_path):
    pytest.importorskip("ray", reason="ray is not installed (extra [ray])")
    cases = small_cases(tmp_path / "cases", 1)
    ran = scan(cases, "--out", tmp_path / "out", "--engine", "ray", "--address", "127.0.0.1:1", code={2})
    assert "no Ray cluster" in ran.stderr


def test_an_address_without_ray_is_wrong_usage(tmp_path):
    cases = small_cases(tmp_path / "cases", 1)
    assert "--engine ray" in scan(cases, "--out", tmp_path / "out", "--address", "x:1", code={2}).stderr
