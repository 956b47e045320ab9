"""Browsers of many people at once, in one process: each asks for a page, submits it, and reads its receipt."""

import asyncio
import http.client
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

#: The page is opened so many seconds before it is submitted.
READS_SECONDS = (5, 25)
#: Nobody waits longer for an answer.
PATIENCE_SECONDS = 60
#: Who is told nothing of when to come again comes again after this.
AGAIN_SECONDS = 10
#: How long after the deadline somebody still asks for the receipt of what was taken.
AFTERWARDS_SECONDS = 120

BOX = re.compile(r'<input[^>]*name="(csrf_token|key)"[^>]*value="([^"]*)"')
#: The first number on the page is that of the receipt: it stands in its title.
NUMBER = re.compile(r"<title>[^<]*?([A-Z0-9]+(?:-[A-Z0-9]+)*-\d{4,})")
TICKET = re.compile(r"<dd>([0-9a-f]{4}(?:-[0-9a-f]{4}){3})</dd>")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, or 0 with the kind of error in `text`."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float


@dataclass(slots=True)
class Applicant:
    """One person's last minutes, and what came of them; times are those of `time.time`."""

    id: str
    session: str
    arrives: float
    chance: random.Random
    submits: list[tuple[float, Answer]] = field(default_factory=list)
    pages: list[Answer] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    number: str = ""

    @property
    def is_acknowledged(self) -> bool:
        """Whether the server said that the proposal is received."""
        return any(answer.status == http.client.FOUND for _at, answer in self.submits)


class Crowd:
    """Everybody who comes before the deadline at `closes`, asking the server at `port`."""

    def __init__(self, port: int, closes: float) -> None:
        self.port = port
        self.closes = closes
        self.largest_delay = 0.0

    async def all(self, people: Sequence[Applicant]) -> None:
        """Let everybody come when they come, until all are done."""
        watch = asyncio.create_task(self._watch())
        await asyncio.gather(*(self._one(person) for person in people))
        watch.cancel()

    async def _watch(self) -> None:
        # A client that falls behind would count its own delay as the server's
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.05)
            self.largest_delay = max(self.largest_delay, time.perf_counter() - began - 0.05)

    async def _one(self, person: Applicant) -> None:
        page = f"/applications/{person.id}/confirm"
        await _until(person.arrives - person.chance.uniform(*READS_SECONDS))
        shown = await self._shown(person, page, self.closes)
        boxes = dict(BOX.findall(shown.text)) if shown else {}
        if len(boxes) < 2:
            return
        await _until(person.arrives)
        while True:
            sent = time.time()
            answer = await self._ask(person, "POST", page, {name: unescape(value) for name, value in boxes.items()})
            person.submits.append((sent, answer))
            person.tickets += TICKET.findall(answer.text)
            if answer.status != http.client.SERVICE_UNAVAILABLE:
                break
            again = _again(answer, person.chance)
            if time.time() + again > self.closes:
                return
            await asyncio.sleep(again)
        if person.is_acknowledged:
            receipt = await self._shown(person, f"/applications/{person.id}/receipt", self.closes + AFTERWARDS_SECONDS)
            found = NUMBER.search(receipt.text) if receipt else None
            person.number = found[1] if found else ""

    async def _shown(self, person: Applicant, path: str, end: float) -> Answer | None:
        """The page at `path`, asked for again while the server says that it is busy; None when that lasted to `end`."""
        while True:
            answer = await self._ask(person, "GET", path)
            person.pages.append(answer)
            person.tickets += TICKET.findall(answer.text)
            if answer.status != http.client.SERVICE_UNAVAILABLE:
                return answer
            again = _again(answer, person.chance)
            if time.time() + again > end:
                return None
            await asyncio.sleep(again)

    async def _ask(self, person: Applicant, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        body = urlencode(form or {}).encode()
        head = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: close",
            f"Cookie: session={person.session}",
            f"X-Request-Start: t={time.time():.6f}",
        ]
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                raw = await self._exchange("\r\n".join([*head, "", ""]).encode() + body)
        except (OSError, TimeoutError) as error:
            return Answer(0, {}, type(error).__name__, time.perf_counter() - began)
        answer = read(raw, time.perf_counter() - began)
        cookie = answer.headers.get("set-cookie", "")
        if cookie.startswith("session="):
            person.session = cookie.removeprefix("session=").partition(";")[0]
        return answer

    async def _exchange(self, sent: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(sent)
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.close()


def read(raw: bytes, seconds: float) -> Answer:
    """What came over the wire in so many seconds; status 0 for what is no whole answer."""
    head, _blank, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/"):
        return Answer(0, {}, "no answer", seconds)
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    if len(body) < int(headers.get("content-length", "0")):
        return Answer(0, {}, "torn answer", seconds)  # whoever sent it died meanwhile
    return Answer(int(first.split()[1]), headers, body.decode(errors="replace"), seconds)


async def _until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.time()))


def _again(answer: Answer, chance: random.Random) -> float:
    """After how many seconds a person comes again who was told when: never sooner, and not all at once."""
    told = answer.headers.get("retry-after", "")
    return (int(told) if told.isdigit() else AGAIN_SECONDS) * chance.uniform(1, 1.5)
