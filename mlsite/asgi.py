"""What a server that speaks ASGI runs: the same application, in threads of its own."""

from asgiref.wsgi import WsgiToAsgi

from mlsite.wsgi import application as web_tier

application = WsgiToAsgi(web_tier)
