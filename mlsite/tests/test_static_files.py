"""Static files are compressed when they are collected, in seconds whatever else is installed."""

from pathlib import Path

from mlsite.static_files import GzipStorage


def test_they_are_compressed_by_gzip_only(tmp_path):
    file = tmp_path / "page.css"
    file.write_text("body { color: red }\n" * 500)
    storage = GzipStorage(location=tmp_path, base_url="/static/")
    made = {Path(path).name for _, path in storage.compress_files(["page.css"])}
    assert made == {"page.css.gz"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.css", "page.css.gz"]
