"""Takes the pictures of the guides and of the README: the sample call played on its own days, seen by each role.

Every picture is taken twice, in Japanese (`name.png`) and in English (`name.en.png`). A moving clock stands in for the
machine's, so that the pages say the days of the call.
"""

import datetime as dt
import io
import logging
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import time_machine
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from config import ROOT, Settings
from grantflow import schema
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import SecondStep
from grantflow.accounts.queries import user as user_of
from grantflow.app import MIGRATIONS, create_app
from grantflow.applications.queries import begun
from grantflow.calls.definition import parse
from grantflow.core.authorization import Actor
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.core.words import LANGUAGES, SOURCE
from grantflow.demo import journey, people
from grantflow.demo.cast import actor_of, call_of
from grantflow.demo.walk import APPLICATIONS, DEFINITION, walk
from tests.ui.gallery import CHROMIUM_FLAGS, find_chromium
from tools import next_year

PICTURES = ROOT / "docs" / "pictures"
WIDTH = 1280
COLOURS = 96
SECRET = "only for the pictures, and forgotten after them"  # noqa: S105 - seals the data of one run
SLUG = parse(DEFINITION.read_bytes()).call.slug
HERE = f"/calls/{SLUG}"
OFFICER, SPONSOR, AUDITOR, ADMINISTRATOR, APPLICANT, REPRESENTATIVE = (
    f"{name}@example.jp"
    for name in ("secretariat", "sponsor", "auditor", "administrator", "applicant", "representative")
)

#: The day on which each step of the sample call is taken, by the step before it.
DAYS = {
    "gather": dt.datetime(2026, 4, 20, 10, 0, tzinfo=TOKYO),
    "publish_the_call": dt.datetime(2026, 5, 11, 10, 5, tzinfo=TOKYO),
    "take_in_applications": dt.datetime(2026, 6, 22, 15, 40, tzinfo=TOKYO),
    "take_in_scores": dt.datetime(2026, 6, 26, 13, 20, tzinfo=TOKYO),
    "decide": dt.datetime(2026, 7, 3, 17, 10, tzinfo=TOKYO),
    "freeze": dt.datetime(2026, 7, 10, 11, 30, tzinfo=TOKYO),
    "agree": dt.datetime(2026, 7, 17, 14, 0, tzinfo=TOKYO),
}
BEFORE = dt.datetime(2026, 4, 13, 9, 30, tzinfo=TOKYO)


@dataclass(frozen=True)
class Camera:
    """A browser before the served application; a picture goes into `folder` in each language."""

    app: Flask
    address: str
    browser: Browser
    folder: Path

    def take(self, name: str, path: str, email: str | None = None, height: int = 860, start: str = "") -> None:
        """The page at `path` as `email` sees it: `height` pixels from the top, or from the element `start`."""
        for language in LANGUAGES:
            with self.page(email, language) as page:
                opened(page, path)
                top = 0.0
                if start:
                    box = page.locator(start).first.bounding_box()
                    assert box is not None, (path, start)
                    top = max(box["y"] - 24, 0)
                size = page.evaluate("document.documentElement.scrollHeight")
                clip = {"x": 0, "y": top, "width": WIDTH, "height": min(height, size - top)}
                picture = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
            ending = "" if language == SOURCE else f".{language}"
            (self.folder / f"{name}{ending}.png").write_bytes(smaller(picture))
        print(name)

    @contextmanager
    def page(self, email: str | None, language: str = SOURCE) -> Iterator[Page]:
        """A window in which `email` is signed in, with the second step passed where the role has one."""
        context = self.browser.new_context(base_url=self.address, viewport={"width": WIDTH, "height": 900})
        session = {"language": language} | ({"_user_id": signed_in(email)} if email else {})
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        context.add_cookies([{"name": "session", "value": str(serializer.dumps(session)), "url": self.address}])
        try:
            yield context.new_page()
        finally:
            context.close()


def opened(page: Page, path: str) -> None:
    """Go to `path`, which must answer 200."""
    answer = page.goto(path)
    status = answer.status if answer else 0
    assert status == 200, (path, status)


def signed_in(email: str) -> str:
    """What the cookie of a new sign-in of `email` holds; without a key for codes, the second step still waits."""
    with db.transaction(write=True):
        user = user_of(email)
        assert user is not None, email
        step = SecondStep.NOT_ASKED if email == people.DEPUTY.email else SecondStep.PASSED
        return accounts.sign_in(user, by=Actor(user.id, user.name, "user"), second_step=step)


def smaller(picture: bytes) -> bytes:
    """The PNG with few colours, as pages have them."""
    with Image.open(io.BytesIO(picture)) as image:
        reduced = image.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


def effects(camera: Camera) -> str:
    """The address of the page that says what the sample's proposals would change, sent but not applied."""
    with camera.page(OFFICER) as page:
        opened(page, f"{HERE}/load/applications")
        page.locator("main input[type=file]").set_input_files(APPLICATIONS)
        page.locator("main form button[type=submit]").click()
        return page.url.removeprefix(camera.address)


def first_adopted(camera: Camera) -> str:
    """The address of the first adopted proposal."""
    with camera.page(OFFICER) as page:
        opened(page, f"{HERE}/applications?status=adopted")
        return str(page.locator("#applications tbody th a").first.get_attribute("href"))


def pictures_after(step: str, camera: Camera) -> None:
    """Take the pictures that belong between `step` of the sample call and the next."""
    if step == "publish_the_call":
        camera.take("call", HERE, start="#tiers", height=640)
        camera.take("effects", effects(camera), OFFICER, height=900)
    elif step == "take_in_scores":
        camera.take("desk", "/desk", OFFICER, height=720)
        camera.take("ranking", f"{HERE}/ranking", OFFICER, start="#tier-1", height=900)
    elif step == "freeze":
        camera.take("codes", "/sign-in/code/new", people.DEPUTY.email, height=1000)
        camera.take("agree", f"{HERE}/list", SPONSOR, height=1090)
    elif step == "publish":
        camera.take("list", f"{HERE}/list", OFFICER, height=900)
        camera.take("result", f"{HERE}/result", height=980)
        camera.take("history", f"{first_adopted(camera)}/history", AUDITOR, height=900)
        camera.take("accounts", "/people", ADMINISTRATOR, height=900)
        with db.transaction(write=False):
            sponsor = user_of(SPONSOR)
            assert sponsor is not None
            person = f"/people/{sponsor.id}"
        camera.take("person", person, ADMINISTRATOR, height=1400)
    elif step == "receive_in_time":
        camera.take("write", f"/applications/{proposal_of(REPRESENTATIVE)}/edit", REPRESENTATIVE, height=1200)
        camera.take("receipt", f"/applications/{proposal_of(APPLICANT)}/receipt", APPLICANT, height=720)


def proposal_of(email: str) -> uuid.UUID:
    """The proposal that `email` writes, or has handed in, in the call that is open."""
    with db.transaction(write=False):
        return begun(call_of(journey.SLUG), actor_of(email))[0].id


def pictures_of_next_year(camera: Camera, time: time_machine.Traveller) -> None:
    """Take the pictures of what people do by hand: a draft, the committee, a score sheet."""
    time.move_to(next_year.WRITING)
    camera.take("draft", f"/drafts/{next_year.drafted(OFFICER)}", OFFICER, height=1000)
    slug = next_year.published(ADMINISTRATOR)
    time.move_to(next_year.OPEN)
    next_year.loaded(slug)
    time.move_to(next_year.REVIEWING)
    email, unanswered, sheet = next_year.assigned(slug, OFFICER)
    camera.take("panel", f"/calls/{slug}/panel", OFFICER, height=900)
    camera.take("question", f"/sheets/{unanswered}", email, height=1240)
    camera.take("scoring", f"/sheets/{sheet}", email, height=900)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which `app` is served meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main(arguments: Sequence[str]) -> int:
    """Write every picture into the folder of the first argument, or docs/pictures."""
    folder = Path(arguments[0]) if arguments else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium was found: set GRANTFLOW_CHROMIUM.", file=sys.stderr)
        return 1
    logging.disable(logging.INFO)
    with (
        tempfile.TemporaryDirectory() as place,
        time_machine.travel(BEFORE, tick=True) as time,
        sync_playwright() as playwright,
    ):
        settings = Settings(Path(place), f"sqlite:///{place}/grantflow.db", SECRET)
        db.connect(settings.database_url)
        schema.upgrade(db.engine, MIGRATIONS)
        app = create_app(settings)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        with served(app) as address:
            camera = Camera(app, address, browser, folder)

            def between(step: str) -> None:
                pictures_after(step, camera)
                if step in DAYS:
                    time.move_to(DAYS[step])

            walk(Path(place) / "out", lambda _said: None, between)
            pictures_of_next_year(camera, time)
        browser.close()
        db.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
