"""Who does which long work: every handler of the program, for its pages and its worker."""

from grantflow.applications import dossier_archive
from grantflow.review import proposing_job

HANDLERS = (dossier_archive.HANDLER, proposing_job.HANDLER)
