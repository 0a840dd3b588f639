"""What the shop was before there were models in it, and what of it must stay so."""

from unittest.mock import patch

from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.test import TestCase

from accounts.models import User
from orders.models import Order
from predictions.in_process import NoLiveVersion, Predicted
from predictions.testing import fresh_worker
from shop.office import Office

RISK = Predicted(prediction=True, probabilities={"false": 0.2, "true": 0.8}, prediction_id="1", version="1.3")


class ShopTests(TestCase):
    """Twenty orders and somebody who may see them."""

    @classmethod
    def setUpTestData(cls):
        call_command("make_orders", orders=30, verbosity=0)
        cls.ada = User.objects.create_superuser("ada@example.com", "correct-horse-battery")
        cls.order = Order.objects.first()

    def setUp(self):
        self.enterContext(fresh_worker())

    def test_orders_need_a_login_and_the_catalogue_does_not(self):
        self.assertEqual(self.client.get("/").status_code, 200)
        reply = self.client.get(f"/orders/{self.order.pk}/")
        self.assertRedirects(reply, f"/login/?next=/orders/{self.order.pk}/")

    def test_the_page_of_an_order_shows_the_risk(self):
        self.client.force_login(self.ada)
        with patch("orders.returns.predict", return_value=[RISK]) as predict:
            reply = self.client.get(f"/orders/{self.order.pk}/")
        self.assertContains(reply, "0.80 (version 1.3)")
        [row] = predict.call_args.args[1]
        self.assertEqual(row["category"], self.order.product.category)

    def test_the_page_does_without_the_risk_while_no_version_is_live(self):
        self.client.force_login(self.ada)
        with patch("orders.returns.predict", side_effect=NoLiveVersion("None is live.")):
            self.assertContains(self.client.get(f"/orders/{self.order.pk}/"), "not known yet")

    def test_a_model_that_nobody_registered_is_no_error(self):
        self.client.force_login(self.ada)
        self.assertContains(self.client.get(f"/orders/{self.order.pk}/"), "not known yet")

    def test_the_api_of_the_shop_keeps_its_pages_and_its_browsable_form(self):
        self.client.force_login(self.ada)
        page = self.client.get("/api/orders/").json()
        self.assertEqual((page["count"], len(page["results"])), (30, settings.REST_FRAMEWORK["PAGE_SIZE"]))
        self.assertContains(self.client.get("/api/orders/", headers={"accept": "text/html"}), "<html")
        self.client.logout()
        self.assertEqual(self.client.get("/api/orders/").status_code, 403)

    def test_the_models_of_the_apps_are_in_the_office(self):
        self.assertIsInstance(admin.site._wrapped, Office)
        self.client.force_login(self.ada)
        self.assertContains(self.client.get("/office/"), "/office/predictions/registeredmodel/")

    def test_the_middleware_of_the_shop_sees_the_paths_of_the_models(self):
        reply = self.client.get("/ml/health/live")
        self.assertEqual((reply.status_code, reply["X-Served-By"]), (200, "shop"))

    def test_the_errors_of_the_models_api_are_its_own(self):
        reply = self.client.post("/ml/api/models/returns/predict", {}, content_type="application/json")
        self.assertEqual(reply.status_code, 404)
        self.assertIn("errors", reply.json())

    def test_the_same_orders_are_made_for_the_same_seed(self):
        def made():
            return list(Order.objects.order_by("placed_at").values_list("placed_at", "quantity", "returned"))

        before = made()
        call_command("make_orders", orders=30, verbosity=0)
        self.assertEqual(made(), before)
