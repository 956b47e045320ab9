"""Hostile and odd files, each with what must be said of it: a kind that is taken, or a piece of the refusal."""

# ruff: noqa: E501 - a case stands on one line

import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from grantflow.files.kinds import Kind
from tests.files.builders import (
    EICAR,
    a_huge_png,
    a_pdf,
    a_picture,
    a_png_chunk,
    an_office_file,
    new_pdf,
    office_members,
    old_container,
    packed,
    relations,
    with_exif,
    written,
)

Case = tuple[str, str, Callable[[], bytes], Kind | str]
MEGABYTE = 1024 * 1024
UNTOUCHED = pikepdf.StreamDecodeLevel.none
JAVASCRIPT = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _pdf_with(change: Callable[[pikepdf.Pdf], Any], **how: Any) -> Callable[[], bytes]:
    def build() -> bytes:
        pdf = new_pdf()
        change(pdf)
        return written(pdf, **how)

    return build


def _with_annotation(annotation: Dictionary) -> Callable[[], bytes]:
    return _pdf_with(lambda pdf: pdf.pages[0].__setattr__("Annots", Array([annotation])))


def _folded_bomb() -> bytes:
    pdf = new_pdf()
    folded = zlib.compress(zlib.compress(bytes(70 * MEGABYTE)))
    pdf.pages[0].Contents = Stream(pdf, folded, Filter=Array([Name.FlateDecode, Name.FlateDecode]))
    return written(pdf, compress_streams=False, stream_decode_level=UNTOUCHED)


def _long_chain() -> bytes:
    pdf, data = new_pdf(), b"words"
    for _fold in range(9):
        data = zlib.compress(data)
    pdf.pages[0].Contents = Stream(pdf, data, Filter=Array([Name.FlateDecode] * 9))
    return written(pdf, compress_streams=False, stream_decode_level=UNTOUCHED)


def _bomb() -> bytes:
    pdf = new_pdf()
    pdf.pages[0].Contents = pdf.make_stream(bytes(70 * MEGABYTE))
    return written(pdf)


def _huge_picture_in_a_pdf() -> bytes:
    pdf = new_pdf()
    picture = Stream(pdf, b"\0", Type=Name.XObject, Subtype=Name.Image, Width=90_000, Height=90_000)
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=picture))
    return written(pdf)


def _attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["hidden.txt"] = b"hidden"


def _without_pages() -> bytes:
    return written(pikepdf.new())


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _inside(kind: str, name: str, content: bytes = b"x") -> Callable[[], bytes]:
    return lambda: an_office_file(kind, {name: content})


def _related(what: str, target: str, kind: str = "docx") -> Callable[[], bytes]:
    folder = {"docx": "word/_rels/document.xml.rels", "xlsx": "xl/_rels/workbook.xml.rels"}[kind]
    return lambda: an_office_file(kind, {folder: relations(what, target, external=True)})


def _locked_zip() -> bytes:
    content = bytearray(an_office_file())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def _overlapping() -> bytes:
    """Every name in the list leads to the same packed bytes, which is how the largest bombs are built."""
    content = bytearray(an_office_file(more={f"word/{number}.bin": bytes(200_000) for number in range(40)}))
    first = content.find(b"PK\x01\x02")
    offset = content[first + 42 : first + 46]
    at = first
    while at >= 0:
        content[at + 42 : at + 46] = offset
        content[at + 20 : at + 24] = len(content).to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _modest() -> bytes:
    content = bytearray(an_office_file(more={"word/styles.xml": bytes(9 * MEGABYTE)}))
    last = content.rfind(b"PK\x01\x02")
    content[last + 24 : last + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


def _wrong_sum() -> bytes:
    content = an_office_file(method=zipfile.ZIP_STORED)
    return content.replace(b"words", b"wards")


def _macro(kind: str) -> Callable[[], bytes]:
    types = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    return lambda: an_office_file(kind, {f"{kind}/vbaProject.bin": b"x"}, types)


def _typed(kind: str, content_type: str) -> Callable[[], bytes]:
    def build() -> bytes:
        members = office_members(kind)
        types = members["[Content_Types].xml"].replace(b"document.main+xml", content_type.encode())
        return packed(members | {"[Content_Types].xml": types})

    return build


def _symlink() -> bytes:
    content = bytearray(an_office_file())
    last = content.rfind(b"PK\x01\x02")
    content[last + 38 : last + 42] = (0o120777 << 16).to_bytes(4, "little")
    return bytes(content)


def _laughs() -> bytes:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    return b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">' + entities + b"]><d>&a9;</d>"


def _hidden_in_jpeg(content: bytes) -> bytes:
    """A JPEG whose comment, near its start, is another file."""
    picture = a_picture()
    return picture[:2] + b"\xff\xfe" + (len(content) + 2).to_bytes(2, "big") + content + picture[2:]


def _chart() -> dict[str, bytes]:
    return {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": an_office_file("xlsx")}


LOCK = pikepdf.Encryption(user="open", owner="own")
RESTRICT = pikepdf.Encryption(user="", owner="own")
REFUSED_PARTS = {
    "locked": "パスワード", "damaged": "壊れている", "script": "プログラム（JavaScript", "program": "ほかのプログラム",
    "encloses": "埋め込まれています", "swells": "大きくなりすぎます", "two": "別の", "macro": "マクロ", "fetches": "外部のファイル",
    "odd": "ふつうではありません", "zip": "取り出して", "large": "画像が大きすぎます", "web": "ウェブページ",
    "runs": "プログラムのファイル", "picture": "この形式の画像", "old": "古い形式", "other": "使える形式のファイルではない",
}  # fmt: skip
R = REFUSED_PARTS

PDFS: tuple[Case, ...] = (
    ("a plain PDF", "計画.pdf", a_pdf, Kind.PDF),
    ("a PDF in object streams", "計画.pdf", lambda: a_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), Kind.PDF),
    ("a PDF that may not be printed", "証明書.pdf", lambda: a_pdf(encryption=RESTRICT), Kind.PDF),
    ("a PDF whose table is off by some bytes", "a.pdf", lambda: a_pdf().replace(b"1 0 obj", b"\n1 0 obj", 1), Kind.PDF),
    ("a PDF after a byte order mark", "a.pdf", lambda: b"\xef\xbb\xbf\r\n" + a_pdf(), Kind.PDF),
    ("a PDF with a link to a page of the web", "a.pdf", _with_annotation(
        Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.jp/"))), Kind.PDF),
    ("a locked PDF", "a.pdf", lambda: a_pdf(encryption=LOCK), R["locked"]),
    ("a PDF cut in half", "a.pdf", lambda: _half(a_pdf(pages=9)), R["damaged"]),
    ("a PDF without its last line", "a.pdf", lambda: a_pdf().replace(b"%%EOF", b""), R["damaged"]),
    ("a PDF of which only the first line is one", "a.pdf", lambda: b"%PDF-1.7\n" + bytes(4000), R["damaged"]),
    ("a PDF whose words are gone", "a.pdf", lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", R["damaged"]),
    ("a PDF without pages", "a.pdf", _without_pages, R["damaged"]),
    ("a PDF with a thousand pages and one", "a.pdf", lambda: a_pdf(pages=1001), "ページが多すぎます"),
    ("JavaScript when a PDF is opened", "a.pdf", lambda: a_pdf({"/OpenAction": JAVASCRIPT}), R["script"]),
    ("JavaScript by its name", "a.pdf", lambda: a_pdf({"/Names": Dictionary(JavaScript=Dictionary(Names=Array([])))}), R["script"]),
    ("JavaScript in an object stream", "a.pdf", lambda: a_pdf(
        {"/OpenAction": JAVASCRIPT}, object_stream_mode=pikepdf.ObjectStreamMode.generate), R["script"]),
    ("JavaScript on a button", "a.pdf", _with_annotation(
        Dictionary(Subtype=Name.Text, AA=Dictionary(D=JAVASCRIPT))), R["script"]),
    ("JavaScript that nothing points at", "a.pdf", lambda: a_pdf({"/PieceInfo": Dictionary(X=Array([JAVASCRIPT]))}), R["script"]),
    ("an XFA form", "a.pdf", lambda: a_pdf({"/AcroForm": Dictionary(Fields=Array([]), XFA="<xdp/>")}), R["script"]),
    ("a form that sends itself away", "a.pdf", lambda: a_pdf({"/OpenAction": Dictionary(S=Name.SubmitForm)}), R["script"]),
    ("a PDF that starts a program", "a.pdf", lambda: a_pdf(
        {"/OpenAction": Dictionary(S=Name.Launch, F="cmd.exe")}), R["program"]),
    ("a PDF with a file in it", "a.pdf", _pdf_with(_attached), R["encloses"]),
    ("a PDF with a film", "a.pdf", _with_annotation(Dictionary(Subtype=Name.RichMedia)), "動画や音声"),
    ("a PDF that swells", "a.pdf", _bomb, R["swells"]),
    ("a PDF that swells twice", "a.pdf", _folded_bomb, R["swells"]),
    ("a PDF folded nine times", "a.pdf", _long_chain, R["swells"]),
    ("a PDF with a picture of eight thousand million points", "a.pdf", _huge_picture_in_a_pdf, R["swells"]),
    ("a PDF and a ZIP", "a.pdf", lambda: a_pdf() + packed({"x.exe": b"MZ"}), R["two"]),
    ("a PDF and a page of the web", "a.pdf", lambda: a_pdf() + b"<html><script>alert(1)</script>" * 99, R["two"]),
    ("a PDF behind other bytes", "a.pdf", lambda: b"\x01\x02\x03 something else \x04" + a_pdf(), R["two"]),
)  # fmt: skip

OFFICE: tuple[Case, ...] = (
    ("a Word file", "計画.docx", an_office_file, Kind.DOCX),
    ("an Excel file", "予算.xlsx", lambda: an_office_file("xlsx"), Kind.XLSX),
    ("a PowerPoint file", "案内.pptx", lambda: an_office_file("pptx"), Kind.PPTX),
    ("a Word file with a chart", "計画.docx", lambda: an_office_file(more=_chart()), Kind.DOCX),
    ("a Word file with a link", "計画.docx", _related("hyperlink", "https://example.jp/"), Kind.DOCX),
    ("a Word file after a pattern on a disk", "計画.docx", _related("attachedTemplate", "file:///C:/Office/Normal.dotm"), Kind.DOCX),
    ("an Excel file that asks other workbooks", "予算.xlsx", _inside("xlsx", "xl/externalLinks/externalLink1.xml"), Kind.XLSX),
    ("a Word file with macros", "a.docx", _macro("docx"), R["macro"]),
    ("an Excel file with macros", "a.xlsx", _macro("xlsx"), R["macro"]),
    ("macros nobody lists", "a.docx", _inside("docx", "word/vbaProject.bin"), R["macro"]),
    ("sheets of Excel 4 macros", "a.xlsx", _inside("xlsx", "xl/macrosheets/sheet1.xml"), R["macro"]),
    ("ActiveX", "a.docx", _inside("docx", "word/activeX/activeX1.xml"), R["macro"]),
    ("a .docm by its type", "a.docx", _typed("docx", "document.macroEnabled.main+xml"), R["macro"]),
    ("a pattern for documents", "a.docx", _typed("docx", "template.main+xml"), "ひな型"),
    ("a pattern from the web", "a.docx", _related("attachedTemplate", "https://example.jp/t.dotm"), R["fetches"]),
    ("a pattern from another computer", "a.docx", _related("attachedTemplate", "file://host/share/t.dotm"), R["fetches"]),
    ("a picture from the web", "a.docx", _related("image", "http://example.jp/seen.png"), R["fetches"]),
    ("an object from the web", "a.docx", _related("oleObject", "mhtml:http://example.jp/x!x-usc:http://example.jp/x"), R["fetches"]),
    ("an object of another program", "a.docx", _inside("docx", "word/embeddings/oleObject1.bin", old_container("Package")), R["encloses"]),
    ("a program in a Word file", "a.docx", _inside("docx", "word/embeddings/run.exe", b"MZ"), R["encloses"]),
    ("a ZIP in a Word file", "a.docx", _inside("docx", "word/media/image1.png", packed({"a": b"b"})), R["encloses"]),
    ("a chart in a chart", "a.docx", lambda: an_office_file(
        more={"word/embeddings/a.xlsx": an_office_file("xlsx", {"xl/embeddings/b.docx": an_office_file()})}), R["encloses"]),
    ("a command to another program in Word", "a.docx", _inside(
        "docx", "word/footer1.xml", b"<w:p><w:instrText> DDEAUTO c:\\\\x</w:instrText></w:p>"), "DDE"),
    ("a command to another program in Excel", "a.xlsx", _inside(
        "xlsx", "xl/externalLinks/externalLink1.xml", b"<externalLink><ddeLink ddeService='cmd'/></externalLink>"), "DDE"),
    ("words that grow a thousand million times", "a.docx", _inside("docx", "word/styles.xml", _laughs()), R["odd"]),
    ("the same in UTF-16", "a.docx", _inside("docx", "word/styles.xml", _laughs().decode().encode("utf-16")), R["odd"]),
    ("a member outside its folder", "a.docx", _inside("docx", "../../etc/cron.d/x"), R["odd"]),
    ("a member with a whole path", "a.docx", _inside("docx", "/etc/passwd"), R["odd"]),
    ("a member on a drive", "a.docx", _inside("docx", "C:/x.xml"), R["odd"]),
    ("a member with backslashes", "a.docx", _inside("docx", "word\\..\\..\\x.xml"), R["odd"]),
    ("a member that is a link", "a.docx", _symlink, R["odd"]),
    ("two members with one name", "a.docx", _inside("docx", "WORD/document.xml"), R["odd"]),
    ("a Word file of 400 MB", "a.docx", lambda: an_office_file(more={f"word/{n}.xml": bytes(40 * MEGABYTE) for n in range(8)}), R["swells"]),
    ("a member that says it is smaller", "a.docx", _modest, R["damaged"]),
    ("a Word file of 6,000 members", "a.docx", lambda: an_office_file(more={f"word/{n}.xml": b"" for n in range(6000)}), R["swells"]),
    ("members that lie on one another", "a.docx", _overlapping, R["swells"]),
    ("a locked member", "a.docx", _locked_zip, R["locked"]),
    ("a Word file cut in half", "a.docx", lambda: _half(an_office_file()), R["damaged"]),
    ("a Word file with another word in it", "a.docx", _wrong_sum, R["damaged"]),
    ("a Word file without its text", "a.docx", _typed("docx", "document.none+xml"), R["damaged"]),
    ("a Word file behind other bytes", "a.docx", lambda: b"PK\x03\x04 stub " + an_office_file(), R["two"]),
    ("a Word file before other bytes", "a.docx", lambda: an_office_file() + bytes(9), R["two"]),
    ("a Word file that is a PDF as well", "a.docx", lambda: packed(
        {"a.xml": a_pdf()} | office_members(), zipfile.ZIP_STORED), R["two"]),
    ("a locked Excel file", "a.xlsx", lambda: old_container("EncryptedPackage"), R["locked"]),
    ("a Word file of 2003", "a.doc", lambda: old_container("WordDocument"), R["old"]),
    ("an OpenDocument text", "a.odt", lambda: packed({"mimetype": b"application/vnd.oasis.opendocument.text"}), "OpenDocument"),
    ("a ZIP", "a.zip", lambda: packed({"計画.pdf": a_pdf()}), R["zip"]),
    ("a Java program", "a.jar", lambda: packed({"META-INF/MANIFEST.MF": b"Main-Class: X"}), R["zip"]),
    ("an empty ZIP", "a.zip", lambda: packed({}), R["zip"]),
)  # fmt: skip

PICTURES: tuple[Case, ...] = (
    ("a photograph", "写真.jpg", a_picture, Kind.JPEG),
    ("a photograph with its place", "写真.jpg", lambda: a_picture(exif=with_exif()), Kind.JPEG),
    ("a photograph that comes in steps", "写真.jpg", lambda: a_picture(progressive=True), Kind.JPEG),
    ("a photograph with a film behind it", "写真.jpg", lambda: a_picture() + b"\0\0\0\x18ftypmp42" + bytes(900), Kind.JPEG),
    ("a photograph with a program as its comment", "写真.jpg", lambda: _hidden_in_jpeg(b"<?php system($_GET[0]); ?>"), Kind.JPEG),
    ("a picture", "図.png", lambda: a_picture("PNG"), Kind.PNG),
    ("a photograph and a ZIP", "a.jpg", lambda: a_picture() + packed({"x.class": b"x"}), R["two"]),
    ("a photograph and a RAR", "a.jpg", lambda: a_picture() + b"Rar!\x1a\x07\x00" + bytes(90), R["two"]),
    ("a photograph that is a PDF as well", "a.jpg", lambda: _hidden_in_jpeg(a_pdf()), R["two"]),
    ("a picture and a page of the web", "a.png", lambda: a_picture("PNG") + b"<html><script>1</script>", R["two"]),
    ("a picture and a ZIP", "a.png", lambda: a_picture("PNG") + packed({"x": b"x"}), R["two"]),
    ("a photograph cut in half", "a.jpg", lambda: _half(a_picture(size=(400, 300))), "画像が壊れている"),
    ("a picture cut in half", "a.png", lambda: _half(a_picture("PNG", (400, 300))), "画像が壊れている"),
    ("a picture with a wrong sum", "a.png", lambda: a_picture("PNG").replace(b"IDAT", b"IDAT\x01", 1), "画像が壊れている"),
    ("a picture whose words swell", "a.png", lambda: a_picture("PNG").replace(
        b"\0\0\0\0IEND", a_png_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(70 * MEGABYTE))) + b"\0\0\0\0IEND"), "画像が壊れている"),
    ("a picture of 2,500 million points", "a.png", lambda: a_huge_png(50_000), R["large"]),
    ("a picture of 100 million points", "a.png", lambda: a_huge_png(10_000), R["large"]),
    ("a GIF", "a.gif", lambda: a_picture("GIF"), R["picture"]),
    ("a GIF and a Java program", "a.gif", lambda: a_picture("GIF") + packed({"X.class": b"x"}), R["picture"]),
    ("a WebP", "a.webp", lambda: a_picture("WEBP"), R["picture"]),
    ("a TIFF", "a.tiff", lambda: a_picture("TIFF"), R["picture"]),
    ("a photograph of an iPhone", "IMG_0001.HEIC", lambda: b"\0\0\0\x18ftypheic" + bytes(400), "HEIC"),
)  # fmt: skip

OTHERS: tuple[Case, ...] = (
    ("nothing", "a.pdf", lambda: b"", "空（0バイト）"),
    ("too much", "a.pdf", lambda: a_pdf() + bytes(10 * MEGABYTE), "大きすぎます（10.1MB）"),
    ("an SVG with a script", "a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', R["web"]),
    ("an SVG that calls itself a picture", "a.png", lambda: b'<?xml version="1.0"?><svg onload="alert(1)"/>', R["web"]),
    ("a page of the web that calls itself a PDF", "a.pdf", lambda: b"<!DOCTYPE html><script>alert(1)</script>", R["web"]),
    ("a program", "setup.exe", lambda: b"MZ\x90\0" + bytes(900), R["runs"]),
    ("a program that calls itself a PDF", "決算.pdf", lambda: b"MZ\x90\0" + bytes(900), R["runs"]),
    ("a program for Linux", "a", lambda: b"\x7fELF\x02\x01" + bytes(900), R["runs"]),
    ("a shell script", "a.sh", lambda: b"#!/bin/sh\nrm -rf /\n", R["runs"]),
    ("a shortcut of Windows", "計画.pdf.lnk", lambda: b"L\0\0\0\x01\x14\x02\0" + bytes(90), R["runs"]),
    ("the text for trying scanners", "eicar.com", lambda: EICAR, R["other"]),
    ("a 7z", "a.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), R["zip"]),
    ("a RAR", "a.rar", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(90), R["zip"]),
    ("a film", "a.mp4", lambda: b"\0\0\0\x18ftypmp42" + bytes(90), "動画"),
    ("an RTF", "a.rtf", lambda: rb"{\rtf1\ansi words}", "PDF で保存し直して"),
    ("a text", "a.txt", lambda: "応募の計画".encode(), R["other"]),
    ("noise", "a.pdf", lambda: bytes(range(5, 256)), R["other"]),
)  # fmt: skip

#: What somebody called a good PDF, and the name that it gets.
NAMES = (
    ("計画.pdf", "計画.pdf"),
    ("../../etc/passwd", "passwd.pdf"),
    ("C:\\Users\\hayase\\計画.pdf", "計画.pdf"),
    ("ハ\u3099ス路線.pdf", "バス路線.pdf"),
    ("決算\u202efdp.exe", "決算fdp_exe.pdf"),
    ("計\u200b画\x00\r\n.pdf", "計画.pdf"),
    ("㈱①髙\ufa10𠮷.pdf", "㈱①髙\ufa10𠮷.pdf"),
    ("計画.pdf.exe", "計画.pdf_exe.pdf"),
    ("計画.html.pdf", "計画_html.pdf"),
    ("計画 v1.2", "計画 v1.2.pdf"),
    ("計画.docx", "計画.pdf"),
    ("計画.PDF", "計画.PDF"),
    ("CON.pdf", "_CON.pdf"),
    ("a<b>:\"c\"|d?*%41.pdf", "a_b___c__d___41.pdf"),
    (".htaccess", "htaccess.pdf"),
    ("   ", "file.pdf"),
    ("", "file.pdf"),
    ("計画. . .", "計画.pdf"),
    ("あ" * 400 + ".pdf", "あ" * 65 + ".pdf"),
)  # fmt: skip

CASES: tuple[Case, ...] = (*PDFS, *OFFICE, *PICTURES, *OTHERS)
