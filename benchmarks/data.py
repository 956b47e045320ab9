"""A large call of invented data: its definition, and the files that its secretariat would load."""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SEED = 20310401
REVIEWERS = 150
REVIEWS_EACH = 3
POINTS = tuple(f"point{n}" for n in range(1, 12))
SCALE = (1, 5)

#: Key, cap and part of the proposals; a fifth of each is planned to be adopted.
TIERS = (("wide", 2_000_000, 0.5), ("near", 500_000, 0.3), ("first", 300_000, 0.2))
PLANNED = 5

PLACES = ("坂の上", "川沿い", "港の北", "森の口", "丘の南", "橋のたもと", "湖畔", "谷あい", "台地", "岬", "里山")
THINGS = ("灯り", "縁側", "畑", "図書", "修理", "台所", "散歩", "合唱", "手紙", "花壇", "写真", "木工", "星見")
GROUPS = ("の会", "クラブ", "の輪", "舎", "研究会", "ひろば", "の集い", "工房")
FORMS = ("任意団体", "特定非営利活動法人", "一般社団法人", "社会福祉法人")
FOUNDED = ("", "2008", "2015-04", "2019-10-01", "1998", "2021-06")
SENTENCES = (
    "{place}の空き家を週に三日ひらき、{thing}を囲んで話せる場所をつくります。",
    "朝の「{thing}」を合図に、近くに住む人が十五分だけ顔を合わせます。",
    "初めての人にも役割があり、来られない日が続いた人には当番が便りを届けます。",
    "学校、商店、診療所（三か所）と月に一度話し合い、気づいたことを分け合います。",
    "道具と手順をノートにまとめ、ほかの地域でもすぐに試せるようにします。",
    "夜に働く人や、言葉に不慣れな家族も入りやすい時間を選びます。",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many proposals a call has, and what tells its files and its numbers from those of another."""

    slug: str
    prefix: str
    proposals: int

    @property
    def scores(self) -> int:
        """How many scores its reviewers give."""
        return self.proposals * REVIEWS_EACH * len(POINTS)

    @property
    def adopted(self) -> int:
        """How many proposals are adopted."""
        return sum(len(members) // PLANNED for members in self.by_tier().values())

    def by_tier(self) -> dict[str, range]:
        """The running numbers of the proposals of each tier."""
        found, first = {}, 1
        for key, _cap, part in TIERS:
            count = round(self.proposals * part)
            found[key] = range(first, first + count)
            first += count
        return found

    def number(self, running: int) -> str:
        """The receipt number of one proposal."""
        return f"{self.prefix}-{running:05d}"


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of a call lie."""

    call: Path
    applications: Path
    scores: Path
    decisions: Path


def write(size: Size, folder: Path) -> Files:
    """Write the files of the call of `size` into `folder`; the same size gives the same bytes."""
    files = Files(
        call=folder / f"{size.slug}.toml",
        applications=folder / f"{size.slug}-applications.csv",
        scores=folder / f"{size.slug}-scores.csv",
        decisions=folder / f"{size.slug}-decisions.csv",
    )
    files.call.write_text(definition(size), encoding="utf-8")
    header = "number tier organization legal_form founded title summary activity_area requested_yen"
    _write(files.applications, header.split(), _applications(size))
    _write(files.scores, ["number", "reviewer", "criterion", "score"], _scores(size))
    _write(files.decisions, ["number", "decision"], _decisions(size))
    return files


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def definition(size: Size) -> str:
    """The call as TOML."""
    tiers = size.by_tier()
    forms = ", ".join(f'"{form}"' for form in FORMS)
    return "\n".join(
        [
            f'[call]\nslug = "{size.slug}"\ntitle = "架空の大きな調査"\nfiscal_year = 2031\nsponsor = "架空庁"',
            f'secretariat = "架空研究所"\nnumber_prefix = "{size.prefix}"\ntimezone = "Asia/Tokyo"\n',
            "[schedule]\nopens_at = 2031-04-01T09:00:00+09:00\ncloses_at = 2031-04-30T17:00:00+09:00\n",
            *(
                f'[[tier]]\nkey = "{key}"\nlabel = "{label}"\nname = "{label}の枠"\nlist_title = "{label}の取組"\n'
                f"cap_yen = {cap}\nexpected_awards = {max(1, len(tiers[key]) // PLANNED)}\n"
                for (key, cap, _part), label in zip(TIERS, "①②③", strict=True)
            ),
            f'[eligibility]\nlegal_forms = [{forms}]\nrequirements = ["国内に拠点があること。"]\n',
            f"[review]\nreviewers_per_application = {REVIEWS_EACH}\nscale_min = {SCALE[0]}\nscale_max = {SCALE[1]}\n",
            *(f'[[criterion]]\nkey = "{key}"\ngroup = "内容"\ntext = "{key}の観点"\n' for key in POINTS),
            "[limits]\ntitle = 60\nsummary = 300\n",
        ]
    )


def _applications(size: Size) -> Iterator[Sequence[object]]:
    chance = random.Random(SEED)
    caps = {key: cap for key, cap, _part in TIERS}
    for tier, members in size.by_tier().items():
        for running in members:
            place, thing = chance.choice(PLACES), chance.choice(THINGS)
            said = chance.sample(SENTENCES, 3)
            yield (
                size.number(running),
                tier,
                f"{place}{thing}{chance.choice(GROUPS)}第{running}",
                chance.choice(FORMS),
                chance.choice(FOUNDED),
                f"{thing}でつながる{place}の一年",
                "".join(said).format(place=place, thing=thing),
                f"架空県{place}町",
                chance.randrange(caps[tier] // 2, caps[tier], 1000),
            )


def _scores(size: Size) -> Iterator[Sequence[object]]:
    chance = random.Random(SEED + 1)
    severity = {f"reviewer-{n:03d}": chance.gauss(0, 0.4) for n in range(1, REVIEWERS + 1)}
    labels = list(severity)
    low, high = SCALE
    for running in range(1, size.proposals + 1):
        worth = chance.gauss((low + high) / 2, 0.6)
        for reviewer in chance.sample(labels, REVIEWS_EACH):
            for point in POINTS:
                given = round(worth + severity[reviewer] + chance.gauss(0, 0.7))
                yield size.number(running), reviewer, point, min(high, max(low, given))


def _decisions(size: Size) -> Iterator[Sequence[object]]:
    for members in size.by_tier().values():
        for place, running in enumerate(members):
            yield size.number(running), "adopted" if place < len(members) // PLANNED else "not_adopted"
