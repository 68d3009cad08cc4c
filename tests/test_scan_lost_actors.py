"""Who judges what when actors are lost at any moment: the scheduling of scan's cluster, on a stand-in for Ray.

A real cluster (test_scan_cluster.py) cannot be made to lose a given actor at a given moment; here it can.
"""

import random
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from evidence_kit.batch.cases import CaseInput
from evidence_kit.batch.cluster import MOST_LOST, Cluster
from evidence_kit.batch.engines import EngineProblem
from evidence_kit.batch.work import Order, Settings, lost_case, pack_up
from evidence_kit.batch.workers import Limits
from evidence_kit.schema import Text
from evidence_kit.version import __version__

SETTINGS = Settings(datetime(2026, 11, 22, tzinfo=UTC))


class RayError(Exception):
    pass


class RayTaskError(RayError):
    pass


class Method:
    def __init__(self, ray, actor, name):
        self.ray, self.actor, self.name = ray, actor, name

    def remote(self, *arguments):
        return self.ray.ask(self.actor, self.name, arguments)


class Actor:
    def __init__(self, ray, number):
        self._actor_id = number
        self.hello = Method(ray, self, "hello")
        self.judge = Method(ray, self, "judge")


class Reference:
    def __init__(self, number, actor, name, arguments):
        self.number, self.actor, self.name, self.arguments = number, actor, name, arguments


class StandIn:
    """As much of Ray as Cluster uses: ``cpus`` actors run, others wait for a CPU; ``lose`` says when one is lost."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, cpus, lose, version=__version__):
        self.cpus, self.lose, self.version = cpus, lose, version
        self.actors, self.dead, self.asked, self.judged = [], set(), [], []

    def cluster_resources(self):
        return {"CPU": float(self.cpus)}

    def remote(self, **_options):
        def made(_class):
            return SimpleNamespace(remote=self.hire)

        return made

    def hire(self, *_arguments):
        self.actors.append(Actor(self, len(self.actors)))
        return self.actors[-1]

    def kill(self, actor):
        self.dead.add(actor._actor_id)

    def ask(self, actor, name, arguments):
        reference = Reference(len(self.asked), actor, name, arguments)
        self.asked.append(reference)
        return reference

    def running(self):
        return [actor._actor_id for actor in self.actors if actor._actor_id not in self.dead][: self.cpus]

    def wait(self, references, num_returns, timeout):
        able = [one for one in references if one.actor._actor_id in (*self.running(), *self.dead)]
        return able[:1], []

    def get(self, reference):
        actor, name, arguments = reference.actor, reference.name, reference.arguments
        if actor._actor_id in self.dead or self.lose(reference.number, name):
            self.dead.add(actor._actor_id)
            raise RayError("lost")
        if name == "hello":
            return self.version
        self.judged.append(arguments[0].case.id)
        return pack_up(lost_case(arguments[0].case.id, "", Text("", ""), SETTINGS.now), "", "en")


def orders(count):
    return [Order(CaseInput(f"case-{number}", number, "", "")) for number in range(count)]


def cluster(ray):
    made = Cluster(SETTINGS, Limits())
    made._ray = ray
    return made


@pytest.mark.parametrize("seed", range(40))
def test_whoever_is_lost_every_case_is_answered_once(seed):
    draw = random.Random(seed)
    ray = StandIn(cpus=draw.randint(1, 4), lose=lambda _number, _name: draw.random() < 0.3)
    made = cluster(ray)
    for _ in range(2):  # a scan judges twice: the second time what shares files with other cases
        answered = [done.case_id for done in made.judge(orders(9))]
        assert sorted(answered) == sorted({order.case.id for order in orders(9)})


def test_an_idle_actor_takes_the_last_case_of_a_lost_one():
    """The lost one's CPU is gone with its node: a new actor would wait for ever."""
    ray = StandIn(cpus=2, lose=lambda _number, _name: False)

    def lose_the_second(_number, name):
        if name == "judge" and len(ray.judged) == 1 and ray.cpus == 2:
            ray.cpus = 1
            return True
        return False

    ray.lose = lose_the_second
    assert sorted(done.case_id for done in cluster(ray).judge(orders(2))) == ["case-0", "case-1"]
    assert ray.cpus == 1


def test_a_cluster_that_loses_everything_is_given_up():
    ray = StandIn(cpus=1, lose=lambda _number, _name: True)
    with pytest.raises(EngineProblem, match="keeps losing"):
        list(cluster(ray).judge(orders(1)))
    assert len(ray.actors) <= MOST_LOST + 2


def test_another_version_on_a_node_is_refused():
    ray = StandIn(cpus=1, lose=lambda _number, _name: False, version="0.0.0")
    with pytest.raises(EngineProblem, match=r"0\.0\.0"):
        list(cluster(ray).judge(orders(1)))
