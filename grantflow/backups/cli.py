"""The commands of backups: making one, and restoring one into an empty place."""

from pathlib import Path

import click

from config import ROOT
from grantflow.backups import archive, making, restoring
from grantflow.backups.manifest import Damaged, Manifest
from grantflow.core.commands import BadInput
from grantflow.core.words import _

MIGRATIONS = ROOT / "migrations"

a_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--out", required=True, metavar="FILE", type=a_file, help="The new file.")
def backup(out: Path) -> None:
    """Write everything to one verified file."""
    try:
        manifest, sha256 = making.make(out)
    except Damaged as damaged:
        raise BadInput([damaged]) from damaged
    except OSError as error:
        raise BadInput(
            [_("%(path)s に書けません（%(reason)s）。場所と名前を確かめてください。", path=out, reason=error.strerror)]
        ) from error
    click.echo(_("控えを作り、読み直して確かめました：%(path)s", path=out))
    _tell(manifest, sha256)


@click.command()
@click.argument("file", metavar="FILE", type=a_file)
def restore(file: Path) -> None:
    """Bring a backup back into an empty place."""
    try:
        with archive.opened(file) as found:
            restoring.restore(found, MIGRATIONS)
            manifest, sha256 = found.manifest, found.sha256
    except Damaged as damaged:
        raise BadInput([damaged]) from damaged
    click.echo(_("控えから戻し、監査証跡を確かめました：%(path)s", path=file))
    _tell(manifest, sha256)


def _tell(manifest: Manifest, sha256: str) -> None:
    click.echo(
        _(
            "　作成：%(at)s（grantflow %(program)s、データベースの版 %(revision)s）",
            at=manifest.made_at,
            program=manifest.program,
            revision=manifest.revision,
        )
    )
    click.echo(
        _(
            "　中身：%(rows)s行、ファイル%(files)s件、監査証跡%(events)s件",
            rows=manifest.rows,
            files=len(manifest.files),
            events=manifest.trail.count,
        )
    )
    click.echo(_("　監査証跡の末尾：%(head)s", head=manifest.trail.head))
    click.echo(_("　控えの SHA-256：%(sha256)s", sha256=sha256))
