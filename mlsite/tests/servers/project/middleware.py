from django.http import HttpResponseForbidden, HttpResponseRedirect


def Login(get_response):
    return lambda request: HttpResponseRedirect("/login")


def Token(get_response):
    return lambda request: HttpResponseForbidden("no token")
