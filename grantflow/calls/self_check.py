"""May we apply? What follows from the answers to a call's self-check (応募できるかの確認), by its decision table."""

from collections.abc import Mapping
from dataclasses import dataclass

from grantflow.calls.asking import Answer, CheckOutcome, CheckQuestion, SelfCheck
from grantflow.calls.definition import Definition, Document, Tier


@dataclass(frozen=True, slots=True)
class Finding:
    """How the self-check ended: what was answered, the row that counts, its tier, and the documents to gather."""

    answered: tuple[tuple[CheckQuestion, Answer], ...]
    outcome: CheckOutcome
    tier: Tier | None
    documents: tuple[Document, ...]


def outcome_of(check: SelfCheck, answers: Mapping[str, str]) -> CheckOutcome | None:
    """The first row all of whose conditions were answered so; None where a question has no answer that it offers."""
    if any(answers.get(question.key) not in {each.key for each in question.answers} for question in check.questions):
        return None
    return next((row for row in check.outcomes if row.when.items() <= answers.items()), None)


def finding(says: Definition, answers: Mapping[str, str]) -> Finding | None:
    """What follows from the answers (R0.4); None as long as not every question is answered."""
    outcome = outcome_of(says.self_check, answers)
    if outcome is None:
        return None
    answered = tuple(
        (question, next(each for each in question.answers if each.key == answers[question.key]))
        for question in says.self_check.questions
    )
    tier = next((each for each in says.tiers if each.key == outcome.tier), None)
    return Finding(answered, outcome, tier, _documents(says, outcome))


def _documents(says: Definition, outcome: CheckOutcome) -> tuple[Document, ...]:
    """Those that the row names, else those that its tier asks for."""
    if outcome.documents:
        return tuple(each for each in says.documents if each.key in outcome.documents)
    return documents_of(says, outcome.tier) if outcome.tier else ()


def documents_of(says: Definition, tier: str) -> tuple[Document, ...]:
    """The documents that the call asks for in a tier."""
    return tuple(each for each in says.documents if not each.tiers or tier in each.tiers)
