"""How other ways over the same portals are steered."""

from pathlib import Path

import pytest

from bench.peers import configured

SHIPPED = """[Crawler]
default = SitemapCrawler
number_of_parallel_crawlers = 5
[Heuristics]
pass_heuristics_condition = "og_type and (linked_headlines or self_linked_headlines)"
[Files]
working_path = ~/news-please-repo/
[Scrapy]
LOG_LEVEL = INFO
ROBOTSTXT_OBEY=True
CONCURRENT_REQUESTS_PER_DOMAIN=4
SPIDER_MODULES = ['newsplease.crawler.spiders']
"""


def test_configured_when_as_shipped_then_our_options_stand_once_and_the_others_stay() -> None:
    lines = configured(SHIPPED, Path("/run"), 7).splitlines()
    assert [line for line in lines if line.startswith("working_path")] == ["working_path = /run/repo"]
    assert lines[lines.index("[Scrapy]") + 1] == "CLOSESPIDER_PAGECOUNT = 7"
    assert "CONCURRENT_REQUESTS_PER_DOMAIN = 16" in lines
    assert "ROBOTSTXT_OBEY=True" in lines


def test_configured_when_an_option_is_not_there_then_said() -> None:
    with pytest.raises(SystemExit, match="working_path"):
        configured(SHIPPED.replace("working_path", "place"), Path("/run"), 0)
