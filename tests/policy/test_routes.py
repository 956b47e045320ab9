"""Who gets an answer where: every route, every role, in each state of the list.

A column is somebody who asks (tests/policy/world.py); `o` is an answer, `-` is none: a visitor is sent to sign in or
refused, everybody else is refused. An endpoint without a row fails, and so does a row without an endpoint.
"""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.browsing import Browser
from tests.policy.world import WHO, World, arranged

STATES = ("undecided", "frozen", "agreed", "published")

# fmt: off
#                                          visitor
#                                          | stranger (another group's applicant)
#                                          | | member of the group
#                                          | | | reviewer of the proposal
#                                          | | | | reviewer in conflict with it
#                                          | | | | | secretariat
#                                          | | | | | | sponsor
#                                          | | | | | | | auditor
#                                          | | | | | | | | administrator
#                                          | | | | | | | | | secretariat of another call
EVERY_STATE = {
    "GET home.front":                     "o o o o o o o o o o",
    "GET home.desk":                      "- o o o o o o o o o",
    "POST home.speak":                    "o o o o o o o o o o",
    "GET home.help":                      "o o o o o o o o o o",
    "GET home.accessibility":             "o o o o o o o o o o",
    "GET health.healthz":                 "o o o o o o o o o o",
    "GET health.readyz":                  "o o o o o o o o o o",
    "GET home.history_of_application":    "- - - - - o - o o -",
    "GET home.history_of_call":           "- - - - - o - o o -",
    "GET home.history_of_list":           "- - - - - o - o o -",
    "GET accounts.sign_in":               "o o o o o o o o o o",
    "POST accounts.begin":                "o o o o o o o o o o",
    "POST accounts.sign_out":             "o o o o o o o o o o",
    "GET accounts.change_password":       "- o o o o o o o o o",
    "POST accounts.change_password":      "- o o o o o o o o o",
    "GET accounts.welcome":               "o o o o o o o o o o",
    "POST accounts.welcome":              "o o o o o o o o o o",
    "GET registering.ask":                "o o o o o o o o o o",
    "POST registering.ask":               "o o o o o o o o o o",
    "GET registering.finish":             "o o o o o o o o o o",
    "POST registering.finish":            "o o o o o o o o o o",
    "GET registering.forgot":             "o o o o o o o o o o",
    "POST registering.forgot":            "o o o o o o o o o o",
    "GET jobs.show":                      "- - - - - o - - - -",
    "GET jobs.file":                      "- - - - - o - - - -",
    "POST jobs.cancel":                   "- - - - - o - - - -",
    "POST dossier_papers.ask_for_all":    "- - - - - o - - o -",
    "GET dossier_papers.paper":           "- - o o - o - o o -",
    "GET people.index":                   "- - - - - o - - o -",
    "POST people.invite":                 "- - - - - o - - o -",
    "POST people.revoke":                 "- - - - - o - - o -",
    "POST people.send_link":              "- - - - - o - - o -",
    "GET letters.index":                  "- - - - - o - - o -",
    "GET letters.edit":                   "- - - - - o - - o -",
    "POST letters.edit":                  "- - - - - o - - o -",
    "GET deliveries.index":               "- - - - - o - - o -",
    "GET deliveries.show":                "- - - - - o - - o -",
    "POST deliveries.act":                "- - - - - o - - o -",
    "GET deliveries.others":              "- - - - - - - - o -",
    "GET deliveries.show_other":          "- - - - - - - - o -",
    "POST deliveries.act_on_other":       "- - - - - - - - o -",
    "GET everybody.index":                "- - - - - - - - o -",
    "POST everybody.invite":              "- - - - - - - - o -",
    "GET everybody.show":                 "- - - - - - - - o -",
    "POST everybody.act":                 "- - - - - - - - o -",
    "POST everybody.revoke":              "- - - - - - - - o -",
    "GET home.history_of_person":         "- - - - - - - - o -",
    "GET codes.give":                     "- o o o o o o o o o",
    "POST codes.check":                   "- o o o o o o o o o",
    "GET codes.set_up":                   "- o o o o o o o o o",
    "POST codes.begin":                   "- o o o o o o o o o",
    "GET codes.ask_to_renew":             "- o o o o o o o o o",
    "POST codes.renew":                   "- o o o o o o o o o",
    "GET codes.remove":                   "- o o o o o o o o o",
    "POST codes.remove":                  "- o o o o o o o o o",
    "GET account.show":                   "- o o o o o o o o o",
    "POST account.show":                  "- o o o o o o o o o",
    "POST account.choose_pace":           "- o o o o o o o o o",
    "POST account.end_others":            "- o o o o o o o o o",
    "POST account.end_one":               "- o o o o o o o o o",
    "GET groups.index":                   "- o o o o o o o o o",
    "GET groups.new":                     "- o o o o o o o o o",
    "POST groups.new":                    "- o o o o o o o o o",
    "GET groups.show":                    "- - o - - - - - - -",
    "GET home.history_of_group":          "- - o - - - - - - -",
    "GET groups.edit":                    "- - o - - - - - - -",
    "POST groups.edit":                   "- - o - - - - - - -",
    "GET group_people.index":             "- - o - - - - - - -",
    "POST group_people.invite":           "- - o - - - - - - -",
    "POST group_people.change_role":      "- - o - - - - - - -",
    "POST group_people.remove":           "- - o - - - - - - -",
    "POST group_people.withdraw":         "- - o - - - - - - -",
    "GET group_people.hand_over":         "- - o - - - - - - -",
    "POST group_people.hand_over":        "- - o - - - - - - -",
    "GET group_people.leave":             "- - o - - - - - - -",
    "POST group_people.leave":            "- - o - - - - - - -",
    "GET group_people.invitation":        "o o o o o o o o o o",
    "POST group_people.invitation":       "o o o o o o o o o o",
    "GET merging.index":                  "- - - - - o - - o o",
    "GET merging.plan":                   "- - - - - o - - o -",
    "POST merging.merge":                 "- - - - - o - - o -",
    "GET calls.show":                     "o o o o o o o o o o",
    "GET calls.definition":               "o o o o o o o o o o",
    "GET self_check.show":                "o o o o o o o o o o",
    "GET self_check.result":              "o o o o o o o o o o",
    "GET self_check.paper":               "o o o o o o o o o o",
    "GET blank_form.show":                "o o o o o o o o o o",
    "GET blank_form.paper":               "o o o o o o o o o o",
    "GET calls.versions":                 "- - - - - o - - o -",
    "GET calls.version":                  "- - - - - o - - o -",
    "GET calls.in_charge":                "- - - - - o - - o o",
    "GET drafts.begin":                   "- - - - - o - - o o",
    "POST drafts.begin":                  "- - - - - o - - o o",
    "POST drafts.revise":                 "- - - - - o - - o -",
    "GET drafts.show":                    "- - - - - o - - o -",
    "GET drafts.edit":                    "- - - - - o - - o -",
    "POST drafts.edit":                   "- - - - - o - - o -",
    "POST drafts.publish":                "- - - - - o - - o -",
    "GET drafts.give_up":                 "- - - - - o - - o -",
    "POST drafts.give_up":                "- - - - - o - - o -",
    "GET applications.index":             "- - - - - o - o o -",
    "GET applications.export":            "- - - - - o - o o -",
    "GET load_applications.index":        "- - - - - o - - o -",
    "POST load_applications.index":       "- - - - - o - - o -",
    "GET load_applications.planned":      "- - - - - o - - o -",
    "POST load_applications.apply":       "- - - - - o - - o -",
    "GET load_scores.index":              "- - - - - o - - o -",
    "POST load_scores.index":             "- - - - - o - - o -",
    "GET load_scores.planned":            "- - - - - o - - o -",
    "POST load_scores.apply":             "- - - - - o - - o -",
    "GET load_decisions.index":           "- - - - - o - - o -",
    "POST load_decisions.index":          "- - - - - o - - o -",
    "GET load_decisions.planned":         "- - - - - o - - o -",
    "POST load_decisions.apply":          "- - - - - o - - o -",
    "GET applications.show":              "- - o o - o - o o -",
    "GET applications.move":              "- - o - - o - - o -",
    "POST applications.move":             "- - o - - o - - o -",
    "GET applications.apply":             "o o o o o o o o o o",
    "POST applications.start":            "- o o o o o o o o o",
    "POST applications.start_with_group": "- o o o o o o o o o",
    "GET dossier.index":                  "- - o - - - - - - -",
    "GET dossier.section":                "- - o - - - - - - -",
    "POST dossier.section":               "- - o - - - - - - -",
    "POST dossier.autosave":              "- - o - - - - - - -",
    "GET dossier.tier":                   "- - o - - - - - - -",
    "POST dossier.tier":                  "- - o - - - - - - -",
    "GET dossier.version":                "- - o - - - - - - -",
    "POST dossier.version":               "- - o - - - - - - -",
    "GET budget_sheet.file":              "- - o - - - - - - -",
    "GET budget_sheet.load":              "- - o - - - - - - -",
    "POST budget_sheet.load":             "- - o - - - - - - -",
    "GET officers.edit":                  "- - o - - - - - - -",
    "POST officers.edit":                 "- - o - - - - - - -",
    "POST officers.autosave":             "- - o - - - - - - -",
    "GET officers.index":                 "- - - - - - - - - -",
    "POST officers.export":               "- - - - - - - - - -",
    "GET officers.show":                  "- - - - - - - - - -",
    "GET corrections.index":              "- - - - - o - - o -",
    "GET corrections.show":               "- - - - - o - - o -",
    "POST corrections.show":              "- - - - - o - - o -",
    "POST corrections.extend":            "- - - - - o - - o -",
    "GET deciding.index":                 "- - - - - o - - o -",
    "POST deciding.check":                "- - - - - o - - o -",
    "POST deciding.apply":                "- - - - - o - - o -",
    "GET officer_checks.index":           "- - - - - o - - - -",
    "POST officer_checks.check":          "- - - - - - - - - -",
    "POST officer_checks.record":         "- - - - - - - - - -",
    "GET attachments.edit":               "- - o - - - - - - -",
    "POST attachments.add":               "- - o - - - - - - -",
    "POST attachments.date":              "- - o - - - - - - -",
    "POST attachments.remove":            "- - o - - - - - - -",
    "GET attachments.download":           "- - o o - o - o o -",
    "GET consents.edit":                  "- - o - - - - - - -",
    "POST consents.edit":                 "- - o - - - - - - -",
    "GET consents.show":                  "- - o - - - - - - -",
    "POST consents.show":                 "- - o - - - - - - -",
    "POST consents.act":                  "- - o - - - - - - -",
    "POST consents.hand_in":              "- - o - - - - - - -",
    "GET consents.letter":                "- - o - - o - - o -",
    "GET consents.answer":                "o o o o o o o o o o",
    "POST consents.answer":               "o o o o o o o o o o",
    "GET proxies.index":                  "- - - - - o - - o -",
    "GET proxies.begin":                  "- - - - - o - - o -",
    "POST proxies.begin":                 "- - - - - o - - o -",
    "GET proxies.show":                   "- - - - - - - - - -",
    "POST proxies.issue":                 "- - - - - - - - - -",
    "POST proxies.hand_in":               "- - - - - - - - - -",
    "GET proxies.signed":                 "- - - - - - - - - -",
    "POST proxies.act":                   "- - - - - - - - - -",
    "GET proxies.confirm":                "o o o o o o o o o o",
    "POST proxies.confirm":               "o o o o o o o o o o",
    "GET applications.confirm":           "- - o - - - - - - -",
    "POST applications.confirm":          "- - o - - - - - - -",
    "GET applications.receipt":           "- - o - - - - - - -",
    "GET submissions.index":              "- - o - - o - o o -",
    "GET submissions.show":               "- - o - - o - o o -",
    "GET submissions.changes":            "- - o - - o - o o -",
    "GET submissions.paper":              "- - o - - o - o o -",
    "GET submissions.record":             "- - o - - o - o o -",
    "GET screening.index":                "- - - - - o - - o -",
    "GET screening.show":                 "- - - - - o - - o -",
    "POST screening.show":                "- - - - - o - - o -",
    "POST screening.look":                "- - - - - o - - o -",
    "POST screening.look_again":          "- - - - - o - - o -",
    "GET late.index":                     "- - - - - o - o o -",
    "GET deadlines.index":                "- - - - - o - - o -",
    "GET deadlines.for_all":              "- - - - - o - - o -",
    "POST deadlines.for_all":             "- - - - - o - - o -",
    "GET deadlines.for_one":              "- - - - - o - - o -",
    "POST deadlines.for_one":             "- - - - - o - - o -",
    "POST deadlines.answer":              "- - - - - o - - o -",
    "GET review.ranking":                 "- - - - - o - - o -",
    "GET review.ranking_file":            "- - - - - o - - o -",
    "GET review.application_sheets":      "- - - - - o - o o -",
    "POST review.declare_conflict":       "- - - - - o - - o -",
    "POST review.lift_conflict":          "- - - - - o - - o -",
    "GET panel.show":                     "- - - - - o - - o -",
    "POST panel.seat":                    "- - - - - o - - o -",
    "POST panel.unseat":                  "- - - - - o - - o -",
    "POST panel.move":                    "- - - - - o - - o -",
    "GET panel.of_application":           "- - - - - o - - o -",
    "POST panel.of_application":          "- - - - - o - - o -",
    "GET panel.of_reviewer":              "- - - - - o - - o -",
    "POST panel.of_reviewer":             "- - - - - o - - o -",
    "GET panel.scores_file":              "- - - - - o - - o -",
    "GET panel.summary_file":             "- - - - - o - - o -",
    "GET assigning.describe":             "- - - - - o - - o -",
    "POST assigning.describe":            "- - - - - o - - o -",
    "GET assigning.show":                 "- - - - - o - - o -",
    "POST assigning.propose":             "- - - - - o - - o -",
    "POST assigning.apply":               "- - - - - o - - o -",
    "GET scoring.index":                  "- - - o o - - - - -",
    "GET scoring.sheet":                  "- - - o - o - o o -",
    "POST scoring.answer":                "- - - o - - - - - -",
    "POST scoring.save":                  "- - - o - - - - - -",
    "POST scoring.reopen":                "- - - o - - - - - -",
    "GET awards.decisions":               "- - - - - o - o o -",
    "POST awards.check":                  "- - - - - o - - o -",
    "POST awards.decide":                 "- - - - - o - - o -",
    "GET awards.discard":                 "- - - - - o - - o -",
    "POST awards.discard":                "- - - - - o - - o -",
    "POST awards.freeze":                 "- - - - - o - - o -",
    "POST awards.agree":                  "- - - - - o o - o -",
    "GET awards.letter":                  "- - - - - o o o o -",
    "POST awards.letter_step":            "- - - - - o o - o -",
    "POST awards.schedule":               "- - - - - o - - o -",
    "POST awards.cancel_schedule":        "- - - - - o - - o -",
    "POST awards.publish":                "- - - - - o - - o -",
    "POST awards.lapse":                  "- - - - - o - - o -",
    "GET awards.file":                    "- - - - - o o o o -",
}
#: What the state decides: the result is anybody's once it is published, and nobody's before.
BY_STATE = {
    # The sponsor sees no list before it is frozen for its agreement.
    "GET awards.index":        {"undecided": "- - - - - o - o o -", "": "- - - - - o o o o -"},
    "GET awards.result":       {"published": "o o o o o o o o o o", "": "- - - - - - - - - -"},
    "GET awards.result_file":  {"published": "o o o o o o o o o o", "": "- - - - - - - - - -"},
}
# fmt: on

STATIC = "GET static"

ADDRESSES: dict[str, Callable[[World], dict[str, Any]]] = {
    "account.end_one": lambda world: {"id": uuid.uuid4()},
    "accounts.welcome": lambda world: {"key": "unknown"},
    "registering.finish": lambda world: {"key": "unknown"},
    "everybody.act": lambda world: {"id": world.people["stranger"].id, "act": "sign-out"},  # type: ignore[union-attr]
    "letters.edit": lambda world: {"slug": world.call.slug, "key": "calls.role"},
    "deliveries.show": lambda world: {"slug": world.call.slug, "mail": world.mail.id},
    "deliveries.act": lambda world: {"slug": world.call.slug, "mail": world.mail.id, "act": "again"},
    "deliveries.others": lambda world: {},
    "deliveries.show_other": lambda world: {"id": world.mail.id},
    "deliveries.act_on_other": lambda world: {"id": world.mail.id, "act": "aside"},
    "everybody.index": lambda world: {},
    "everybody.invite": lambda world: {},
    "everybody.revoke": lambda world: {"id": world.people["stranger"].id, "role": uuid.uuid4()},  # type: ignore[union-attr]
    "everybody.show": lambda world: {"id": world.people["stranger"].id},  # type: ignore[union-attr]
    "home.history_of_group": lambda world: {"id": world.theirs.organization_id},
    "home.history_of_person": lambda world: {"id": world.people["stranger"].id},  # type: ignore[union-attr]
    "people.revoke": lambda world: {"slug": world.call.slug, "role": uuid.uuid4()},
    "people.send_link": lambda world: {"slug": world.call.slug, "user": uuid.uuid4()},
    "merging.index": lambda world: {},
    **{
        f"merging.{view}": lambda world: {"id": world.theirs.organization_id, "other": world.another.organization_id}
        for view in ("plan", "merge")
    },
    "groups.index": lambda world: {},
    "groups.new": lambda world: {},
    **{f"groups.{view}": lambda world: {"id": world.theirs.organization_id} for view in ("show", "edit")},
    **{
        f"group_people.{view}": lambda world: {"id": world.theirs.organization_id}
        for view in ("index", "invite", "hand_over", "leave")
    },
    **{
        f"group_people.{view}": lambda world: {"id": world.theirs.organization_id, "member": uuid.uuid4()}
        for view in ("change_role", "remove")
    },
    "group_people.withdraw": lambda world: {"id": world.theirs.organization_id, "invitation": uuid.uuid4()},
    "group_people.invitation": lambda world: {"key": "unknown"},
    **{f"groups.{view}": lambda world: {"id": world.theirs.organization_id} for view in ("show", "edit")},
    **{
        f"group_people.{view}": lambda world: {"id": world.theirs.organization_id}
        for view in ("index", "invite", "hand_over", "leave")
    },
    **{
        f"group_people.{view}": lambda world: {"id": world.theirs.organization_id, "member": uuid.uuid4()}
        for view in ("change_role", "remove")
    },
    "jobs.show": lambda world: {"id": world.job.id, "still": 1},  # type: ignore[union-attr]
    **{f"jobs.{view}": lambda world: {"id": world.job.id} for view in ("file", "cancel")},  # type: ignore[union-attr]
    "dossier_papers.paper": lambda world: {"id": world.theirs.id},
    "deadlines.answer": lambda world: {"id": world.extension.id, "act": "confirm"},  # type: ignore[union-attr]
    "applications.export": lambda world: {"slug": world.call.slug, "format": "csv"},
    "applications.move": lambda world: {"id": world.theirs.id, "name": "withdraw"},
    **{f"dossier.{view}": lambda world: {"id": world.theirs.id} for view in ("index", "tier", "version")},
    **{f"dossier.{view}": lambda world: {"id": world.theirs.id, "part": "plan"} for view in ("section", "autosave")},
    **{f"budget_sheet.{view}": lambda world: {"id": world.theirs.id} for view in ("file", "load")},
    **{f"officers.{view}": lambda world: {"id": world.theirs.id} for view in ("edit", "autosave", "show")},
    **{f"corrections.{view}": lambda world: {"id": world.theirs.id} for view in ("show", "extend")},
    "attachments.edit": lambda world: {"id": world.theirs.id},
    "attachments.add": lambda world: {"id": world.theirs.id, "document": "rules"},
    **{
        f"attachments.{view}": lambda world: {"id": world.theirs.id, "attachment": uuid.uuid4()}
        for view in ("date", "remove")
    },
    "attachments.download": lambda world: {"id": world.theirs.id, "file": uuid.uuid4()},
    "consents.edit": lambda world: {"id": world.theirs.id},
    **{
        f"consents.{view}": lambda world: {"id": world.theirs.id, "consent": uuid.uuid4()}
        for view in ("show", "hand_in", "letter")
    },
    "consents.act": lambda world: {"id": world.theirs.id, "consent": uuid.uuid4(), "what": "ask"},
    "consents.answer": lambda world: {"key": "unknown"},
    **{f"proxies.{view}": lambda world: {"id": world.theirs.id} for view in ("show", "issue", "hand_in", "signed")},
    "proxies.act": lambda world: {"id": world.theirs.id, "what": "submit"},
    "proxies.confirm": lambda world: {},
    "applications.confirm": lambda world: {"id": world.theirs.id},
    "applications.receipt": lambda world: {"id": world.theirs.id},
    "applications.show": lambda world: {"id": world.theirs.id},
    "submissions.index": lambda world: {"id": world.theirs.id},
    **{
        f"submissions.{view}": lambda world: {"id": world.theirs.id, "number": 1}
        for view in ("show", "paper", "record")
    },
    "submissions.changes": lambda world: {"id": world.theirs.id, "number": 2, "since": 1},
    "screening.show": lambda world: {"id": world.theirs.id},
    **{
        f"screening.{view}": lambda world: {"id": world.theirs.id, "finding": "unknown"}
        for view in ("look", "look_again")
    },
    "awards.discard": lambda world: {"slug": world.rehearsal.slug},
    "awards.file": lambda world: {"id": _list(world), "extension": "csv"},
    "awards.result_file": lambda world: {"slug": world.call.slug, "extension": "csv"},
    **{f"self_check.{view}": lambda world: {"slug": world.call.slug, "where": "river"} for view in ("result", "paper")},
    "calls.version": lambda world: {"slug": world.call.slug, "number": 1},
    **{f"drafts.{view}": lambda world: {"id": world.draft.id} for view in ("show", "publish", "give_up")},
    "drafts.edit": lambda world: {"id": world.draft.id, "section": "criteria"},
    **{
        f"load_{kind}.{view}": lambda world, kind=kind: {"slug": world.call.slug, "id": world.files[kind].id}
        for kind in ("applications", "scores", "decisions")
        for view in ("planned", "apply")
    },
    "home.history_of_application": lambda world: {"id": world.theirs.id},
    "home.history_of_call": lambda world: {"id": world.call.id},
    "home.history_of_list": lambda world: {"id": _list(world)},
    "review.application_sheets": lambda world: {"id": world.theirs.id},
    "review.declare_conflict": lambda world: {"id": world.theirs.id},
    "review.lift_conflict": lambda world: {"id": world.theirs.id},
    "review.ranking_file": lambda world: {"slug": world.call.slug, "extension": "csv"},
    "panel.move": lambda world: {"slug": world.call.slug, "name": "confirm"},
    "panel.of_application": lambda world: {"id": world.theirs.id},
    **{f"panel.{view}": lambda world: {"id": world.sheet.reviewer_id} for view in ("of_reviewer", "unseat")},
    "assigning.describe": lambda world: {"id": world.sheet.reviewer_id},
    "panel.scores_file": lambda world: {"slug": world.call.slug, "extension": "xlsx"},
    **{f"scoring.{view}": lambda world: {"id": world.sheet.id} for view in ("sheet", "answer", "save", "reopen")},
    **{
        f"awards.{move}": lambda world: {"id": _list(world)}
        for move in ("freeze", "agree", "publish", "schedule", "cancel_schedule", "letter", "lapse")
    },
    "awards.letter_step": lambda world: {"id": _list(world), "step": "confirm"},
}


def _list(world: World) -> Any:
    return world.adoption_list.id if world.adoption_list else None


def _endpoints(app: Flask) -> set[str]:
    return {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }


def _table(state: str) -> dict[str, str]:
    return EVERY_STATE | {case: rows.get(state, rows[""]) for case, rows in BY_STATE.items()}


def _got_in(browser: Browser, method: str, url: str) -> bool:
    answer = browser.client.open(url, method=method)
    sent_away = answer.status_code == 302 and str(answer.location).startswith("/sign-in?next=")
    assert answer.status_code < 500, (url, answer.status_code)
    return not sent_away and answer.status_code != 403


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(application: Flask) -> None:
    assert set(_table("published")) | {STATIC} == _endpoints(application)


LIST_MOVES = ("freeze", "agree", "publish", "schedule", "cancel_schedule", "letter_step", "lapse")
NEEDS_A_LIST = {f"POST awards.{move}" for move in LIST_MOVES} | {"GET awards.file", "GET awards.letter"}


@pytest.mark.parametrize("state", STATES)
def test_the_table_decides(app: Flask, browser: Callable[..., Browser], state: str) -> None:
    expected = {
        (case, who): mark == "o"
        for case, marks in _table(state).items()
        for who, mark in zip(WHO, marks.split(), strict=True)
        if state != "undecided" or case not in NEEDS_A_LIST | {"GET home.history_of_list"}
    }

    # Whoever is refused asks first: what is allowed may change the world.
    got = {}
    world = arranged(state)
    for case, who in sorted(expected, key=lambda each: (expected[each], each[0].startswith("POST"))):
        method, endpoint = case.split()
        values = ADDRESSES.get(endpoint, lambda world: {"slug": world.call.slug})(world)
        with app.test_request_context():
            url = app.url_for(endpoint, **values)
        got[case, who] = _got_in(browser(world.people[who]), method, url)

    assert [each for each in expected if got[each] != expected[each]] == []
