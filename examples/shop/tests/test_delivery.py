"""The whole way with real processes: a model of the shop's own goes live, is replaced and rolled back."""

import json
import re
import tempfile
from contextlib import ExitStack

from django.test import SimpleTestCase

from tests.running import Browser, Shop, new_database, until

ANSWER = {
    "category": "shoes", "price": 89.9, "quantity": 1, "discount": 0, "delivery_days": 12,
    "payment": "invoice",
}  # fmt: skip


class DeliveryTests(SimpleTestCase):
    """One shop for all steps: each needs the one before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            cls.shop = shop = Shop(folder, stack.enter_context(new_database()))
            shop.manage("migrate", "-v", "0")
            shop.manage("make_orders")
            shop.environment["DJANGO_SUPERUSER_PASSWORD"] = "correct-horse-battery"
            shop.manage("createsuperuser", "--noinput", "--email", "ada@example.com")
            stack.enter_context(shop.served())
            stack.enter_context(shop.running("runapscheduler"))
            cls.ada, cls.nobody = Browser(shop.address), Browser(shop.address)
            cls.ada.log_in("ada@example.com", "correct-horse-battery")
            cls.addClassCleanup(stack.pop_all().close)

    def test_the_way_of_a_model(self):
        self.before_there_is_a_model()
        self.a_model_is_registered_from_the_queryset()
        first = self.retrained("2025-05-01")
        self.assertEqual(first["decision"], "promoted", first)
        self.it_is_served(first["version"])
        self.nobody_else_may_ask()
        second = self.a_later_version_is_better()
        self.it_is_served(second)
        self.it_is_rolled_back(second, to=first["version"])
        self.what_the_shop_asked_is_in_the_log(first["version"], second)
        self.the_office_shows_it()

    def before_there_is_a_model(self):
        self.shop.manage("check", "--fail-level", "WARNING")
        self.assertIn("not known yet", self.order_page())

    def a_model_is_registered_from_the_queryset(self):
        told = self.shop.manage("register_returns", "2025-01-01", "2025-03-01")
        self.assertIn("returned", told)

    def retrained(self, day):
        return json.loads(self.shop.manage("retrain", "returns", "--as-of", day, "--json"))

    def a_later_version_is_better(self):
        """After July what comes late is returned: a model that knows it wins."""
        run = self.retrained("2025-11-15")
        self.assertEqual(run["decision"], "promoted", run)
        self.assertRegex(run["reason"], "better")
        return run["version"]

    def it_is_served(self, version):
        """By the API and in the page of an order, with the same probability."""
        until(lambda: self.ada.json("/ml/api/models/returns/predict", ANSWER)[1].get("version") == version)
        risk = re.search(r'data-version="(.+?)" data-share="(.+?)"', until(lambda: self.order_page(version)))
        self.assertEqual(risk[1], version)
        self.assertTrue(0 < float(risk[2]) < 1)

    def order_page(self, version=""):
        """The text of the newest order's page once it names this version."""
        order = self.ada.json("/api/orders/?page=1")[1]["results"][0]
        status, text, headers = self.ada.ask(f"/orders/{order['id']}/")
        self.assertEqual((status, headers["X-Served-By"]), (200, "shop"))
        return text if version in text else ""

    def nobody_else_may_ask(self):
        """The model is private: for others it does not exist."""
        self.assertIn(self.nobody.json("/ml/api/models/returns/predict", ANSWER)[0], (401, 403, 404))

    def it_is_rolled_back(self, live, to):
        body = {"model": "returns", "kind": "roll_back", "replaces": live, "reason": "To see that it works."}
        status, row = self.ada.json("/ml/api/promotions", body)
        self.assertEqual((status, row.get("version"), row.get("by")), (201, to, "ada@example.com"), row)
        self.it_is_served(to)

    def what_the_shop_asked_is_in_the_log(self, *versions):
        """The scheduler brings it into the database, with who asked."""
        for version in versions:
            path = f"/ml/api/predictions?model=returns&version={version}"
            [newest, *_] = until(lambda path=path: self.ada.json(path)[1]["results"])
            self.assertEqual((newest["who"], newest["inputs"].keys()), ("ada@example.com", ANSWER.keys()))

    def the_office_shows_it(self):
        for path in (
            "/office/",
            "/office/scheduling/run/",
            "/office/predictions/modelversion/",
            "/ml/",
            "/ml/docs",
        ):
            with self.subTest(path):
                status, text, _ = self.ada.ask(path, Accept="text/html")
                self.assertEqual(status, 200)
                for address in re.findall(r'(?:src|href)="(/[^"]*\.(?:css|js|svg))"', text):
                    self.assertEqual(self.ada.ask(address)[0], 200, address)
