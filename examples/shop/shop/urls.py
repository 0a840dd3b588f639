"""Every path of the shop; the models live under /ml/."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from catalogue.views import Products
from orders.api import Orders
from orders.views import OrderList, OrderPage

urlpatterns = [
    path("", Products.as_view(), name="products"),
    path("orders/", OrderList.as_view(), name="orders"),
    path("orders/<uuid:pk>/", OrderPage.as_view(), name="order"),
    path("api/orders/", Orders.as_view(), name="api-orders"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("office/", admin.site.urls),
    path("ml/", include("predictions.urls", namespace="ml")),
]
