"""Tables of characters that text must not contain, or that stand for one another (R5.9)."""

import re

from grantflow.core.words import _

CONTROLS = "\x00-\x1f\x7f-\x9f"
INVISIBLE = "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
LOST = "\ufdd0-\ufdef\ufffd\ufffe\uffff"
NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
JOINER = "\u200d"
PICTOGRAPHS = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"

# A joiner holds an emoji together; anywhere else it only makes two equal texts differ
_LOOSE_JOINER = f"(?<![{PICTOGRAPHS}]){JOINER}|{JOINER}(?![{PICTOGRAPHS}])"
UNSEEN = re.compile(f"[{CONTROLS}{INVISIBLE}]|{_LOOSE_JOINER}")
FORBIDDEN = re.compile(f"[{CONTROLS}{INVISIBLE}{PRIVATE}{LOST}]|{_LOOSE_JOINER}")
_NEWLINES = "\n\r\u2028\u2029"
_PRIVATE = re.compile(f"[{PRIVATE}]")
_LOST = re.compile(f"[{LOST}]")

HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
DASHES_BETWEEN_DIGITS = "\u30fc\uff70\u2500"
VARIATION_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
UNCOMPOSED_MARKS = "\u3099\u309a"

# First of each group: the form a search compares by
_VARIANT_GROUPS = (
    "高髙", "崎﨑嵜", "吉𠮷", "斎齋斉齊", "辺邊邉", "浜濱濵", "沢澤", "島嶋嶌", "桜櫻", "国國", "広廣", "竜龍",
    "塚\ufa10", "徳德", "恵惠", "真眞", "栄榮", "円圓", "芦蘆", "富冨", "槙槇",
)  # fmt: skip
VARIANTS = str.maketrans({variant: group[0] for group in _VARIANT_GROUPS for variant in group[1:]})

# CJK Radicals Supplement: a PDF's text layer puts them where a kanji was meant, and NFKC leaves them as they are
_RADICALS = (
    "⺁厂⺃乚⺅亻⺆冂⺇几⺈刀⺉刂⺊卜⺋㔾⺍小⺏尣⺐尢⺑尣⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歹⺠民⺡氵⺢水⺣灬"
    "⺤爫⺥爫⺦丬⺨犭⺩王⺫罒⺬示⺭礻⺮竹⺯糸⺰纟⺱罓⺲罒⺴网⺵网⺶羊⺷羊⺸羊⺹耂⺺聿⺻聿⺼月⺽臼⺾艹⺿艹"
    "⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒長⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦"
    "⻚页⻛风⻜飞⻝食⻞飠⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙"
)
RADICALS = str.maketrans(
    dict(zip(_RADICALS[::2], _RADICALS[1::2], strict=True))
    | {"⺟": "母", "⻱": "龜", "⻲": "亀", "⻳": "龟", "⺀": "冫", "⺂": "乛", "⺄": "乙", "⺎": "兀", "⺌": "小"}
    | {"⺧": "牛", "⺪": "疋", "⺳": "网"}
)


def forbidden_in(text: str) -> str | None:
    """A sentence about the first character of `text` that no one-line field may hold (R5.9), or None."""
    found = FORBIDDEN.search(text)
    if not found:
        return None
    character = found[0]
    code = f"U+{ord(character):04X}"
    if character in _NEWLINES:
        return _("途中に改行があります。改行を取り除いて1行にしてください。")
    if _PRIVATE.match(character):
        return _(
            "外字（%(code)s）は他の機器で表示できません。文字情報基盤にある文字か、かなに置き換えてください。",
            code=code,
        )
    if _LOST.match(character):
        return _("文字化けで失われた文字（%(code)s）があります。正しい文字を入力し直してください。", code=code)
    return _("目に見えない制御文字（%(code)s）が含まれています。その文字を取り除いてください。", code=code)
