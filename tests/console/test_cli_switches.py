"""Changes of profile in a run without a screen: when they are asked for, and what is told of those that are not in."""

import pytest

from console.commands.switch_plan import Fate, SwitchPlan
from pipeline.errors import ConsentError
from pipeline.telemetry import Event, Level, PreparationFailed
from profiles.profile import Profile
from tests.console.timed_session import INES, MARA, TOMAS, TimedSession, plan_of, run_plan


def test_switches_happen_at_their_times_whatever_order_they_are_given_in() -> None:
    session = TimedSession()
    outcome = run_plan(session, plan_of((3.111, TOMAS), (1.25, INES), seconds=4.0))
    assert session.timed[1:-1] == [("switch ines", 1.25), ("switch tomas", 3.111)]
    assert outcome.complaints == ()


def test_of_two_switches_at_one_time_the_one_given_last_counts() -> None:
    session = TimedSession()
    outcome = run_plan(session, plan_of((0.3, TOMAS), (0.3, INES), seconds=1.0))
    assert session.timed[1:-1] == [("switch tomas", 0.3), ("switch ines", 0.3)]
    assert outcome.complaints == ("The switch to tomas at 0.3 s was overtaken by the switch to ines at 0.3 s.",)


def test_switches_that_came_too_late_are_told() -> None:
    session = TimedSession(length_s=2.0, ready_delay_s=0.5)
    assert run_plan(session, plan_of((1.9, INES), (7.0, TOMAS))).complaints == (
        "The run ended before the switch to ines at 1.9 s was ready.",
        "The run ended before the switch to tomas at 7 s was due.",
    )


@pytest.mark.parametrize("at_s", [1.9, 7.0])
def test_a_switch_that_came_too_late_has_failed(at_s: float) -> None:
    plan = plan_of((at_s, INES))
    run_plan(TimedSession(length_s=2.0, ready_delay_s=0.5), plan)
    assert plan.switches.failed


def test_a_switch_that_fails_is_told_by_its_own_name_and_the_run_goes_on() -> None:
    session = TimedSession(length_s=5.0, broken=("ines",))
    plan = plan_of((1.0, INES), (2.0, TOMAS), (3.0, INES))
    outcome = run_plan(session, plan)
    assert plan.switches.failed
    assert outcome.error is None
    assert outcome.complaints == (
        "The switch to ines at 1 s failed: ines could not be made ready: No room.",
        "The switch to ines at 3 s failed: ines could not be made ready: No room.",
    )
    assert session.timed[-1] == ("stop", 5.0)


def test_a_switch_that_is_refused_is_told_and_the_run_goes_on() -> None:
    class Strict(TimedSession):
        def switch(self, profile: Profile) -> None:
            raise ConsentError("The profile ines is of a real person.")

    plan = plan_of((1.0, INES), seconds=2.0)
    assert run_plan(Strict(), plan).complaints == (
        "The switch to ines at 1 s failed: The profile ines is of a real person.",
    )
    assert plan.switches.failed


def test_a_switch_that_was_overtaken_while_it_was_made_ready_is_no_failure() -> None:
    plan = plan_of((1.0, INES), (1.2, TOMAS), seconds=4.0)
    complaints = run_plan(TimedSession(ready_delay_s=0.5), plan).complaints
    assert complaints == ("The switch to ines at 1 s was overtaken by the switch to tomas at 1.2 s.",)
    assert not plan.switches.failed


def test_more_switches_than_the_session_remembers_are_all_followed() -> None:
    plan = plan_of(*((float(number), (INES, TOMAS, MARA)[number % 3]) for number in range(9)), seconds=20.0)
    assert run_plan(TimedSession(), plan).complaints == ()


def test_a_failure_of_something_else_is_no_failure_of_the_switch() -> None:
    plan = SwitchPlan([(0.0, INES)])
    plan.ask(TimedSession(), 0.0)
    assert not plan.hear(PreparationFailed(Level.ERROR, "No room.", 0, "ines2"))
    assert not plan.hear(Event(Level.ERROR, "ines could not be made ready: No room.", 0))
    assert plan.switches[0].fate is Fate.PENDING
    assert plan.hear(PreparationFailed(Level.ERROR, "Whatever the words.", 0, "ines"))
    assert plan.switches[0].fate is Fate.FAILED
