"""multipart/form-data: its files go to quarantine as they arrive, its other fields are a plain object."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters
from rest_framework.request import Request

from predictions.api.request_body import BodyTooLarge, UnsupportedBody, announced_length, refuse_cut
from predictions.conf import config
from predictions.contract.fields import FieldError, InvalidInput
from scheduling.registering.waiting import slot
from scheduling.runs.parcels import Draft, Parcel, parcel

MULTIPART = "multipart/form-data"
FIELDS = 4 * 2**20  # bytes, where the project sets no limit
END = 1024  # bytes that hold the last boundary


@contextmanager
def received(request: Request, *, files: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], Parcel]]:
    """Give the fields and the parcel of files; a file's field is True. Only these `files` are taken.

    What no run has taken when the block ends is removed. Raises `WorkerBusy`, `UnsupportedBody`,
    `BodyTooLarge`, `FileTooLarge`, `NotStored` or `InvalidInput`.
    """
    with slot.occupied(), parcel() as sent:
        yield _form(request, sent, files), sent


def _form(request: Request, sent: Parcel, files: tuple[str, ...]) -> dict[str, Any]:
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
        raise UnsupportedBody("Content-Encoding", "unsupported_encoding", "Send the files uncompressed.")
    limit = len(files) * config.MAX_UPLOAD_BYTES + (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or FIELDS)
    announced = announced_length(request, limit)
    if not request.content_type or not request.content_type.startswith(MULTIPART):
        raise UnsupportedBody("Content-Type", "unsupported_media_type", f"Input should be {MULTIPART}.")
    body = Counted(request)
    try:
        parts: Any = body
        fields, _ = MultiPartParser(request.META, parts, [IntoQuarantine(sent, files)], "utf-8").parse()
    except MultiPartParserError:
        raise InvalidInput.of_body(f"Input should be {MULTIPART} with its boundary") from None
    except RequestDataTooBig:
        raise BodyTooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from None
    except (TooManyFieldsSent, TooManyFilesSent):
        raise InvalidInput.of_body("The form has too many fields") from None
    except UnreadablePostError:
        pass  # the connection was cut
    refuse_cut(announced, body.count)
    body.refuse_unfinished(request.content_type)
    return _plain(fields, sent)


def _plain(fields: Any, sent: Parcel) -> dict[str, Any]:
    """A field that was given several times is a list. Raises `InvalidInput` for a file and a text."""
    form = {name: values if len(values) > 1 else values[0] for name, values in fields.lists()}
    if both := [name for name in form if name in sent.files]:
        raise InvalidInput(
            [FieldError(field=name, message="Input should be given only once") for name in both]
        )
    return form | dict.fromkeys(sent.files, True)


class Counted:
    """A body that counts what was read of it: the parser takes one that is cut for complete."""

    def __init__(self, request: Request) -> None:
        self._request, self.count, self._end = request, 0, b""

    def read(self, size: int) -> bytes:
        chunk: bytes = self._request.read(size)
        self.count += len(chunk)
        self._end = (self._end + chunk[-END:])[-END:]
        return chunk

    def refuse_unfinished(self, content_type: str) -> None:
        """Raise `InvalidInput` where the last boundary is missing: the parser drops the part before it."""
        _, parameters = parse_header_parameters(content_type)
        if f"--{parameters['boundary']}--".encode() not in self._end:
            raise InvalidInput.of_body("The form has no end, so a part of it is missing. Send it again")


class IntoQuarantine(FileUploadHandler):
    """Writes each file of the names it knows into the parcel."""

    def __init__(self, sent: Parcel, names: tuple[str, ...]) -> None:
        super().__init__()
        self._parcel, self._names = sent, names
        self._draft: Draft | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        name = str(self.field_name)
        if name not in self._names or name in self._parcel.files:
            message = "Input should be given only once" if name in self._names else "Unknown field"
            raise InvalidInput([FieldError(field=name, message=message)])
        self._draft = Draft(self._parcel, name, str(self.file_name))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._draft is not None
        self._draft.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        assert self._draft is not None
        self._draft.end()
