"""Files in an S3 bucket: a stand-in speaks the three requests of the protocol that reading needs."""

import re
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from werkzeug import Request, Response

from scheduling.models import DataSource
from scheduling.sources.kinds.files import newest_change
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window
from scheduling.tests.sources.shop import NOW

WRITTEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
CSV = b"age,city,left_us\n1,a,1\n2,b,0\n"


class Bucket:
    """Keys and contents; `denied` answers as a store does to a key without rights."""

    def __init__(self):
        self.keys, self.denied, self.prefixes = {}, False, []

    def __call__(self, request: Request) -> Response:
        key = request.path.removeprefix("/rows").lstrip("/")
        if self.denied:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, content_type="application/xml")
        if "list-type" in request.args:
            return Response(self.listed(request.args.get("prefix", "")), content_type="application/xml")
        if key not in self.keys:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404, content_type="application/xml")
        reply = Response(self.keys[key], headers={"Last-Modified": f"{WRITTEN:%a, %d %b %Y %H:%M:%S} GMT"})
        return reply.make_conditional(request, accept_ranges=True, complete_length=len(self.keys[key]))

    def listed(self, prefix):
        self.prefixes.append(prefix)
        found = [
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size><LastModified>{WRITTEN:%Y-%m-%dT%H:%M:%S}.000Z"
            "</LastModified></Contents>"
            for key, content in sorted(self.keys.items()) if key.startswith(prefix)
        ]  # fmt: skip
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(found)}</ListBucketResult>"


@pytest.fixture
def bucket(httpserver, config, monkeypatch):
    for name, value in {
        "ACCESS_KEY_ID": "reader",
        "SECRET_ACCESS_KEY": "secret",
        "EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    bucket = Bucket()
    httpserver.expect_request("/rows").respond_with_handler(bucket)
    httpserver.expect_request(re.compile("/rows/.*")).respond_with_handler(bucket)
    where = f"scheme=http&endpoint_override={httpserver.host}:{httpserver.port}&region=eu-central-1"
    config.FILE_ROOTS = {"exports": f"s3://rows/exports?{where}"}
    return bucket


def taken(pattern):
    source = DataSource(kind="files", root="exports", pattern=pattern)
    with open_rows(source, Window.of(source, now=NOW), None) as rows:
        return pa.Table.from_batches(list(rows.batches), schema=rows.schema)


@pytest.mark.parametrize(
    ("pattern", "ages"),
    [("2026/*.csv", "1212"), ("**/*.csv", "121212"), ("*/a.csv", "1212"), ("2026/a.csv", "12")],
)
def test_keys_match_as_paths_do(bucket, pattern, ages):
    names = (
        "exports/2026/b.csv",
        "exports/2026/a.csv",
        "exports/2025/a.csv",
        "other/2026/a.csv",
        "exports/2026/c.txt",
    )
    bucket.keys = dict.fromkeys(names, CSV)
    assert "".join(taken(pattern)["age"].to_pylist()) == ages
    assert newest_change(DataSource(kind="files", root="exports", pattern=pattern)) == WRITTEN


def test_only_what_can_match_is_listed(bucket):
    bucket.keys = {"exports/2026/11/a.csv": CSV}
    taken("2026/11/*.csv")
    assert {prefix.rstrip("/") for prefix in bucket.prefixes} == {"exports/2026/11"}


def test_parquet(bucket, tmp_path):
    pq.write_table(pa.table({"n": [1, 2, 3]}), tmp_path / "a.parquet")
    bucket.keys = {"exports/a.parquet": (tmp_path / "a.parquet").read_bytes()}
    assert taken("*.parquet")["n"].to_pylist() == [1, 2, 3]


def test_what_is_wrong_is_told_with_the_code_of_the_store(bucket):
    with pytest.raises(SourceRefused, match="No file in exports"):
        taken("*.csv")
    bucket.denied = True
    with pytest.raises(SourceRefused, match=r"exports cannot be read \(ACCESS_DENIED\)"):
        taken("*.csv")


def test_a_key_that_vanishes_while_it_is_read(bucket):
    bucket.keys = {"exports/a.csv": CSV, "exports/b.csv": CSV}
    source = DataSource(kind="files", root="exports", pattern="*.csv")
    with open_rows(source, Window.of(source, now=NOW), None) as rows:
        next(rows.batches)
        del bucket.keys["exports/b.csv"]
        with pytest.raises(SourceRefused, match=r"b\.csv cannot be read"):
            list(rows.batches)
