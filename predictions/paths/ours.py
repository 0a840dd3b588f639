"""Where the project has mounted our URLs: the path of each URL name, under any prefix and namespace."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import (
    NoReverseMatch,
    URLPattern,
    URLResolver,
    get_resolver,
    get_script_prefix,
    get_urlconf,
    reverse,
)
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

OURS = "predictions.urls"
REMEDY = f'Add path("ml/", include("{OURS}")) to the urlpatterns of the project; any fixed prefix will do.'


class NotMounted(ImproperlyConfigured):
    """The project's URLs do not include ours, or only below a part that changes from request to request."""


def path_of(url_name: str, /, **kwargs: Any) -> str:
    """Return the path that a client requests: SCRIPT_NAME, prefix and all. Raises `NotMounted`."""
    return get_script_prefix() + path_info_of(url_name, **kwargs)[1:]


def path_info_of(url_name: str, /, **kwargs: Any) -> str:
    """Return the path without SCRIPT_NAME: what views see as path_info, and what follows SITE_URL."""
    ours = reverse(url_name, urlconf=OURS, kwargs=kwargs)  # of our names alone: the project's may be the same
    return mounted_at() + ours[len(get_script_prefix()) :]


def pointing(sentence: str, url_name: str) -> str:
    """Return the sentence with a path for its `{}`; nothing where no URL of the project has the name."""
    try:
        return sentence.format(path_of(url_name))
    except (NoReverseMatch, NotMounted):
        return ""


def mounted_at() -> str:
    """Return the path below which our URLs are: "/", or such as "/ml/". Raises `NotMounted`."""
    return "/" + "".join(_literal(each) for each in _patterns_above(get_urlconf() or settings.ROOT_URLCONF))


def base_path() -> str:
    """Return what precedes each of our paths, as a client requests it: nothing, or such as "/ml"."""
    return (get_script_prefix() + mounted_at()[1:]).rstrip("/")


def below_mount(path_info: str) -> str | None:
    """Return a path as if our URLs were mounted at the root; None if it is no path of ours."""
    try:
        mount = mounted_at()
    except NotMounted:
        return None
    return path_info[len(mount) - 1 :] or "/" if f"{path_info}/".startswith(mount) else None


@lru_cache(maxsize=8)
def _patterns_above(urlconf: str) -> tuple[Any, ...]:
    ours = get_resolver(OURS).url_patterns[0]
    found = _search(get_resolver(urlconf), ours)
    if found is None:
        raise NotMounted(f"The URLs of this project do not include {OURS}. {REMEDY}")
    if any(each.regex.groups for each in found):
        raise NotMounted(f"{OURS} is mounted below a part that changes with the request. {REMEDY}")
    return found


def _search(resolver: URLResolver, ours: URLPattern | URLResolver) -> tuple[Any, ...] | None:
    for one in resolver.url_patterns:
        if one is ours:
            return ()
        if isinstance(one, URLResolver) and (below := _search(one, ours)) is not None:
            return (one.pattern, *below)
    return None


def _literal(pattern: Any) -> str:
    """Return what a pattern without parameters matches."""
    if isinstance(pattern, RegexPattern):
        return str(normalize(pattern.regex.pattern.removeprefix("^"))[0][0])
    return str(pattern)  # of a language prefix: today's language
