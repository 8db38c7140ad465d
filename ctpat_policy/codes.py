"""Every code that a file can earn before its schema is asked, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from ctpat_policy.model import Problem

#: Limits of a document.
MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_SCALAR = 1 << 16
MAX_KEY = 128
MAX_PATTERN = 500  # of a key below `patternProperties`
#: Limits of files and folders.
MAX_FILES = 200_000
MAX_FOLDER_DEPTH = 64
MAX_NAME_BYTES = 255
MAX_ATTACHMENT = 100 << 20

HINTS: Mapping[str, str] = {
    # the bytes of a document
    "yaml-too-large": f"keep a document below {MAX_BYTES >> 20} MiB; "
    "put long texts and tables in an attachment",
    "yaml-empty": "write the document, or delete the file",
    "yaml-encoding": "save the file as UTF-8",
    "yaml-lfs-pointer": "fetch the file with git lfs pull, and keep documents out of git LFS",
    "yaml-html": "download the file itself, not the page that shows it",
    "yaml-conflict": "settle the merge conflict and delete its marker lines",
    "yaml-line-end": "end lines with LF or CRLF; the editor can convert the file",
    "yaml-character": "delete the hidden character",
    "yaml-tab": "use spaces; tabs may stand in comments, in quotes on one line, in blocks of text",
    # the shape of a document
    "yaml-syntax": "check the indentation, the colon after each key, and the quotes of this place",
    "yaml-documents": "keep one document a file; delete the --- or ... line",
    "yaml-top-level": "begin the file with keys, such as schema: seal_audit/1",
    "yaml-directive": "delete the line that begins with %",
    "yaml-tag": "delete the word that begins with !, or put the text in quotes",
    "yaml-anchor": "write the content out in both places, or put the text in quotes",
    "yaml-depth": f"keep the nesting to {MAX_DEPTH} levels",
    "yaml-nodes": f"split the document; it may hold {MAX_NODES:,} values",
    "yaml-scalar-length": f"keep a text below {MAX_SCALAR >> 10} KiB; "
    "put long texts in an attachment",
    "yaml-comment": "put the whole text in quotes; a comment needs a blank after its #",
    # keys
    "yaml-key": "begin with a letter or _, then letters, digits, _ . or -, "
    f"at most {MAX_KEY} of them",
    "yaml-duplicate-key": "keep one of the two",
    "yaml-complex-key": "write the key as one word",
    "yaml-merge": "write the keys out in place of <<",
    # values that programs read differently
    "yaml-ambiguous": "put it in quotes if it is text; else write true, false, null, 12 or 0.5",
    "yaml-number": "put it in quotes; a number may have 18 digits, with decimals 15",
    "yaml-date": "write a day that the calendar has, as YYYY-MM-DD",
    # files and folders
    "file-link": "put the file itself here; links are not followed",
    "file-type": "only plain files and folders belong here",
    "file-unreadable": "give the user who runs the check the right to read it",
    "file-too-large": f"keep a document below {MAX_BYTES >> 20} MiB, and an attachment below "
    f"{MAX_ATTACHMENT >> 20} MiB",
    "file-name": 'use none of \\ : * ? " < > | nor hidden characters, no dash first, no dot last',
    "file-name-taken": "rename one of them; upper and lower case count as one",
    "file-suffix": "rename it so that it ends in .yaml, in small letters",
    "file-repository": "take the git repository out of this folder",
    "file-depth": f"keep the nesting of folders to {MAX_FOLDER_DEPTH}",
    "file-count": f"check the folder in parts; more than {MAX_FILES:,} files are not walked",
    # attachments
    "attachment-path": "write the path below the repository with /, without .. or a drive letter",
    "attachment-missing": "add the file, or correct the path",
    "attachment-empty": "add the file again; it holds nothing",
    "attachment-lfs-pointer": "fetch the file with git lfs pull before the check",
    "attachment-document": "name the record by its id; only other files are attachments",
}


def problem(code: str, message: str, line: int = 0, column: int = 0) -> Problem:
    """A problem with the hint of its code; line and column 0 mean the whole file."""
    return Problem(code, line, column, message, HINTS[code])
