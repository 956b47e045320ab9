"""Who may see a view is said at the view, or the program does not start."""

import ast

import pytest
from flask import Flask

from grantflow.core.web import public, refuse_undeclared_views, subject
from grantflow.permissions import Permission
from grantflow.policy import POLICY
from tests.architecture.sources import modules
from tools.write_docs import workflows


def _app_with(view) -> Flask:
    app = Flask("bare")
    app.add_url_rule("/lamp", "lamp", view)
    return app


def test_a_view_that_says_nothing_stops_the_start():
    app = _app_with(lambda: "lamp")

    with pytest.raises(LookupError, match=r"^lamp has neither @subject nor @public$"):
        refuse_undeclared_views(app)


@pytest.mark.parametrize("declared", [public, subject(None, Permission.DESK_READ)])
def test_a_view_that_says_who_may_see_it_starts(declared):
    app = _app_with(declared(lambda: "lamp"))

    assert refuse_undeclared_views(app) is None


def test_every_endpoint_asks_for_a_permission_of_the_policy_or_is_public(application):
    access = {endpoint: view.access for endpoint, view in application.view_functions.items()}

    unknown = {endpoint for endpoint, asked in access.items() if asked is not None and asked not in POLICY}

    assert unknown == set()


def test_every_permission_guards_something(application):
    asked = {view.access for view in application.view_functions.values()}
    moves = {move.permission for machine in workflows() for move in machine.transitions.values()}
    elsewhere = {
        node.attr
        for name, tree in modules().items()
        if name not in ("grantflow/policy.py", "grantflow/permissions.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }

    idle = [one for one in Permission if one not in asked | moves and one.name not in elsewhere]

    assert idle == []
