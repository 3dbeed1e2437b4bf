"""The bytes of a CSV file as UTF-8, refused where they are not of the declared encoding."""

from __future__ import annotations

import codecs

from evaluate.data.files import Origin
from evaluate.data.names import plural
from evaluate.errors import DataError, Problem

_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TextPass:
    """One pass over the bytes of a CSV file, piece by piece.

    Parameters
    ----------
    origin : Origin
        What messages say of the file.

    Attributes
    ----------
    n_quotes : int
        Quotation marks so far.
    """

    def __init__(self, origin: Origin) -> None:
        self.origin, self.source, self.n_quotes = origin, origin.source, 0
        # utf-8-sig drops a byte order mark, utf-16 reads it.
        encoding = origin.source.encoding
        name = "utf-8-sig" if encoding == "utf-8" else encoding
        self._decode = codecs.getincrementaldecoder(name)("strict").decode
        self._decode_utf8 = codecs.getincrementaldecoder("utf-8")("strict").decode
        self._may_be_utf8, self._is_ascii, self._n_nul = True, True, 0
        self._begun = False

    def translate(self, chunk: bytes, *, final: bool = False) -> bytes:
        """Return the next piece as UTF-8.

        Raises
        ------
        DataError
            If it is not of the declared encoding.
        """
        if not self._begun and chunk:
            self._begun = True
            # Almost any bytes are some letters of UTF-16, so its marks are asked for.
            is_utf16 = _looks_like_utf16(chunk)
            if is_utf16 != (self.source.encoding == "utf-16"):
                raise self._other("utf-16" if is_utf16 else "utf-8")
            if is_utf16 and not chunk.startswith(_BOMS):
                order = "le" if chunk[1::2].count(0) >= chunk[::2].count(0) else "be"
                self._decode = codecs.getincrementaldecoder(f"utf-16-{order}")("strict").decode
        try:
            out = self._decode(chunk, final).encode()
        except UnicodeDecodeError:
            likely = "damaged" if self.source.encoding == "utf-16" else "latin-1"
            raise self._other(likely) from None
        if self.source.encoding == "latin-1":
            self._judge_latin1(chunk, final)
        self.n_quotes += out.count(b'"')
        self._n_nul += out.count(b"\0")
        return out

    def finish(self) -> bytes:
        """Return what is left at the end of the file.

        Raises
        ------
        DataError
            If the file as a whole is not text of the declared encoding.
        """
        out = self.translate(b"", final=True)
        if self._n_nul:
            raise DataError(
                Problem(
                    self.origin.label,
                    f"the file holds {plural(self._n_nul, 'NUL byte')}",
                    "it is not a text file, or it was damaged on its way",
                    "export it again as CSV",
                )
            )
        if self.source.encoding == "latin-1" and self._may_be_utf8 and not self._is_ascii:
            raise self._other("utf-8")
        return out

    def _judge_latin1(self, chunk: bytes, final: bool) -> None:
        # Every byte is a letter of latin-1, so only the reverse can be found out: UTF-8.
        self._is_ascii = self._is_ascii and chunk.isascii()
        if self._may_be_utf8:
            try:
                self._decode_utf8(chunk, final)
            except UnicodeDecodeError:
                self._may_be_utf8 = False

    def _other(self, likely: str) -> DataError:
        fix = f"set `encoding: {likely}` under {self.origin.setting}, or save the file as UTF-8"
        return DataError(
            Problem(
                self.origin.label,
                f"the file is not {self.source.encoding}; it is most likely {likely}",
                "letters such as æ, ø, å and ö would be read as something else",
                "save the file as UTF-8" if likely == "damaged" else fix,
            )
        )


def _looks_like_utf16(chunk: bytes) -> bool:
    head = chunk[:4096]
    return head.startswith(_BOMS) or head.count(b"\0") > len(head) // 3
