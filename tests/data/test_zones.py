"""Which zone the times of a source are of that name none."""

from __future__ import annotations

import pytest

from traversion_data.errors import InputError
from traversion_data.zones import Zones, fits, zones_of


@pytest.mark.parametrize(
    ("pattern", "source", "meant"),
    [
        ("nginx*", "nginx.log", True),
        ("nginx*", "/var/log/nginx.log", True),
        ("nginx*", "/var/nginx-1/app.log", False),
        ("/var/log", "/var/log/web/nginx.log", True),
        ("/var/log/", "/var/log/nginx.log", True),
        ("/var/lo", "/var/log/nginx.log", False),
        ("/var/*", "/var/log/nginx.log", True),
        ("log/nginx*", "/var/log/nginx.log", True),
        ("./nginx.log", "nginx.log", True),
        ("NGINX*", "nginx.log", False),
        ("-", "-", True),
        ("scenario:*", "scenario:checkout-cascade", True),
        ("", "nginx.log", False),
        (".", "nginx.log", False),
        ("[", "nginx.log", False),
    ],
)
def test_what_a_pattern_means(pattern: str, source: str, meant: bool) -> None:
    assert fits(pattern, source) is meant


def test_the_last_pattern_that_fits_counts_and_a_star_only_where_none_does() -> None:
    zones = zones_of(
        [("a*", "Asia/Tokyo"), ("ab*", "Europe/Berlin"), ("*", "America/New_York"), ("abc", "UTC")]
    )
    found = {name: zones.named_for(name) for name in ("a", "ab", "abc", "x")}
    assert found == {
        "a": "Asia/Tokyo",
        "ab": "Europe/Berlin",
        "abc": "UTC",
        "x": "America/New_York",
    }
    assert zones.usual == "America/New_York"
    assert Zones().named_for("x") is None
    assert Zones().usual == "UTC"


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("utc", "UTC"),
        ("Mars/Base", "names are like"),
        ("", "names are like"),
        ("/etc/passwd", "names are like"),
        ("a\x1b[31m", "names are like"),
        ("x" * 100_000, "names are like"),
    ],
)
def test_a_zone_that_is_none_names_the_nearest(zone: str, near: str) -> None:
    with pytest.raises(InputError, match="there is no time zone") as refused:
        zones_of([("app", zone)])
    assert near in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_pattern_that_fits_nothing_is_named() -> None:
    zones = zones_of([("*", "UTC"), ("app*", "UTC"), ("\x1b[31m", "UTC")])
    assert zones.unused(["logs/app.log", "\x1b[31m"]) is None
    said = zones.unused(["logs/app.log"])
    assert said is not None
    assert "no source is called so" in said
    assert "\x1b" not in said
    assert len(zones_of([("x" * 100_000, "UTC")]).unused(["app.log"]) or "") < 300
    assert "did you mean ap.log?" in (zones_of([("app.log", "UTC")]).unused(["x/ap.log"]) or "")
