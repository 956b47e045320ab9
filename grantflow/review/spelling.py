"""How a ranking is written: its figures for people, and the whole of it as JSON."""

from fractions import Fraction

from grantflow.core.words import _
from grantflow.review.ranking import Entry, Ranking


def rounded_mean(mean: Fraction) -> str:
    """A mean as shown: two decimals, half up (R4.5)."""
    hundredths = (mean * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}"


def denominator(entry: Entry) -> str:
    """By how many reviewers an entry's mean is carried, for beside the mean (methods 2)."""
    if entry.conflicts:
        return _(
            "有効%(valid)s名／割当%(assigned)s名・利益相反%(conflicts)s名",
            valid=entry.reviews,
            assigned=entry.assigned,
            conflicts=entry.conflicts,
        )
    return _("有効%(valid)s名／割当%(assigned)s名", valid=entry.reviews, assigned=entry.assigned)


def as_json(ranking: Ranking, slug: str) -> dict[str, object]:
    """The documented JSON of a ranking, keys in the documented order.

    Estimates are rounded to 10 decimals, so that the last bits of another processor's arithmetic do not show.
    """
    model: dict[str, object] = {
        "method": ranking.model.method,
        "mu": _short(ranking.model.mu),
        "var_application": _short(ranking.model.var_application),
        "var_reviewer": _short(ranking.model.var_reviewer),
        "var_residual": _short(ranking.model.var_residual),
    }
    tiers = [{"key": tier.key, "entries": [_entry_json(entry) for entry in tier.entries]} for tier in ranking.tiers]
    return {"call": slug, "model": model, "tiers": tiers}


def _entry_json(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "rank": entry.rank,
        "tied": entry.tied,
        "mean": entry.mean,
        "sd": entry.sd,
        "reviews": entry.reviews,
        "calibrated": _short(entry.calibrated),
        "calibrated_rank": entry.calibrated_rank,
        "rank_low": entry.rank_low,
        "rank_high": entry.rank_high,
        "p_selected": _short(entry.p_selected),
        "zone": entry.zone.value,
        "flags": list(entry.flags),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 10)
