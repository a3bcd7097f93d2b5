"""All sample portals by name."""

from __future__ import annotations

from collections.abc import Sequence

from tests.unseen.base import Portal
from tests.unseen.sites.dnn import DotNetNuke
from tests.unseen.sites.drupal import Drupal
from tests.unseen.sites.hanoi2025 import HaNoi2025
from tests.unseen.sites.joomla import Joomla
from tests.unseen.sites.liferay_bacninh import LiferayBacNinh
from tests.unseen.sites.nested import NestedTables
from tests.unseen.sites.react_soup import ReactSoup
from tests.unseen.sites.shared_host import SharedHost
from tests.unseen.sites.sharepoint import SharePoint
from tests.unseen.sites.slug_listing import SlugListing
from tests.unseen.sites.static_jsonld import StaticJsonLd
from tests.unseen.sites.vnpt import Vnpt
from tests.unseen.sites.wp_custom import WordPressCustom
from tests.unseen.sites.wp_twenty import WordPressTwenty

SITES: dict[str, type[Portal]] = {
    site.name: site
    for site in (
        WordPressTwenty,
        WordPressCustom,
        Drupal,
        Joomla,
        SharePoint,
        Vnpt,
        HaNoi2025,
        DotNetNuke,
        NestedTables,
        StaticJsonLd,
        ReactSoup,
        LiferayBacNinh,
        SharedHost,
        SlugListing,
    )
}


def portals(names: Sequence[str] = ()) -> list[Portal]:
    """The portals of these names, all if there are none. Raises KeyError for a name that is unknown."""
    return [SITES[name]() for name in names or SITES]
