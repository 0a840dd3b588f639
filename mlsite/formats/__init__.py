"""How the admin writes dates: to the second, in an order that sorts."""
