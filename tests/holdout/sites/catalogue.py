"""All hold-out portals by name."""

from __future__ import annotations

from collections.abc import Sequence

from tests.holdout.edition import Edition, TwoNights
from tests.holdout.sites.drupal7 import Drupal7
from tests.holdout.sites.flatsome import Flatsome
from tests.holdout.sites.guid import Guid
from tests.holdout.sites.k2 import K2
from tests.holdout.sites.laravel import Laravel
from tests.holdout.sites.liferay7 import Liferay7
from tests.holdout.sites.mixed import Mixed
from tests.holdout.sites.nuke3 import Nuke3
from tests.holdout.sites.php_tables import PhpTables
from tests.holdout.sites.splash import Splash
from tests.holdout.sites.undated import Undated
from tests.holdout.sites.webforms import WebForms
from tests.holdout.sites.wp_feed3 import WordPressShortFeed

KINDS: tuple[type[Edition], ...] = (
    Flatsome,
    WordPressShortFeed,
    K2,
    Drupal7,
    PhpTables,
    Laravel,
    WebForms,
    Liferay7,
    Nuke3,
    Guid,
    Mixed,
    Splash,
    Undated,
)
SITES: dict[str, type[Edition]] = {kind.name: kind for kind in KINDS}


def portals(names: Sequence[str] = ()) -> list[TwoNights]:
    """The portals of these names, or all."""
    return [TwoNights(SITES[name]) for name in names or SITES]
