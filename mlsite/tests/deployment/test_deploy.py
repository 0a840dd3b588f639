"""What Django itself says of a deployment: nothing."""

import runpy

import pytest
from django.core.management import call_command

from mlsite.tests.processes import ROOT, clean_environment, run


@pytest.mark.parametrize("variables", [{}, {"BEHIND_PROXY": "true"}], ids=["alone", "behind a proxy"])
def test_the_deployment_check_has_no_issue(tmp_path, variables):
    environment = clean_environment(tmp_path, HTTPS="true", **variables)
    (tmp_path / "media").mkdir()
    checked = run("manage.py", "check", "--deploy", "--fail-level", "INFO", environment=environment)
    assert (checked.returncode, checked.stderr.strip()) == (0, "")
    assert "no issues" in checked.stdout


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_over_https_only_the_admin_is_redirected(client, live, settings, monkeypatch, tmp_path):
    """A redirected POST loses its body, and probes speak plain HTTP."""
    monkeypatch.setenv("HTTPS", "true")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    file = runpy.run_path(str(ROOT / "mlsite" / "settings.py"))

    settings.SECURE_SSL_REDIRECT = file["SECURE_SSL_REDIRECT"]
    for path in ("/admin", "/admin/", "/admin/predictions/promotion/"):
        reply = client.get(path)
        assert (reply.status_code, reply["Location"]) == (301, f"https://testserver{path}")
        below = client.get(path, SCRIPT_NAME="/ml")
        assert (below.status_code, below["Location"]) == (301, f"https://testserver/ml{path}")
    for path in ("/", "/health/live", "/current_model", "/api/models", "/schema", "/docs"):
        assert client.get(path).status_code == 200
    assert client.post("/predict", b"{}", content_type="application/json").status_code == 400
