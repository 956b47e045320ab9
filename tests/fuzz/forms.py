"""The forms that pages show, as a browser would send them; what is on a page is what is spoilt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

Fields = tuple[tuple[str, str], ...]
#: How many pages are looked at for the forms of one endpoint.
PAGES = 12


@dataclass(frozen=True)
class Target:
    """A form: where it is sent, what stands in it, and what else could be chosen."""

    url: str
    fields: Fields
    choices: tuple[str, ...]
    files: tuple[str, ...]


def endpoint_of(app: Flask, url: str, method: str) -> str | None:
    """The endpoint that answers `method` at `url`; None when there is none."""
    try:
        found: Any = app.url_map.bind("localhost").match(urlsplit(url).path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    return str(found[0])


def forms_for(app: Flask, client: FlaskClient, endpoint: str, starts: list[str]) -> list[Target]:
    """The forms that are sent to `endpoint`, on the pages at `starts` and on those of its blueprint they lead to."""
    found: dict[tuple[str, tuple[str, ...]], Target] = {}
    waiting, seen = list(dict.fromkeys(starts)), set[str]()
    while waiting and len(seen) < PAGES:
        url = waiting.pop(0)
        seen.add(url)
        answer = client.get(url)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        page = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
        for target in _forms(page, url):
            if endpoint_of(app, target.url, "POST") == endpoint:
                found.setdefault((target.url, tuple(name for name, _ in target.fields)), target)
        for link in _links(page):
            at = endpoint_of(app, link, "GET") or ""
            if link not in seen and link not in waiting and at.split(".")[0] == endpoint.split(".")[0]:
                waiting.append(link)
    return list(found.values())


def _links(page: Any) -> Iterator[str]:
    for link in page.iter("a"):
        href = link.get("href", "").split("#")[0]
        if href.startswith("/"):
            yield href


def _forms(page: Any, here: str) -> Iterator[Target]:
    for form in page.iter("form"):
        if form.get("method", "get").lower() == "post":
            fields, choices, files = _inside(form)
            yield Target(form.get("action") or here, tuple(fields), tuple(choices), tuple(files))


def _inside(form: Any) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    fields, choices, files = [], [], []
    for box in form.iter():
        name, value = box.get("name"), box.get("value") or ""
        if not name or name == "csrf_token":
            continue
        if box.tag == "textarea":
            fields.append((name, "".join(box.itertext()).removeprefix("\n")))
        elif box.tag == "select":
            options = [option.get("value") or "" for option in box.iter("option")]
            choices += options
            fields.append((name, options[-1] if options else ""))
        elif box.get("type") == "file":
            files.append(name)
        else:
            choices.append(value)
            fields.append((name, value))
    return fields, choices, files
