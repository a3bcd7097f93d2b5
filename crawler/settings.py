"""Scrapy's wiring table: which of our parts stand where Scrapy asks for one, and what of Scrapy is switched off.

Values that depend on an archive (User-Agent, delays, limits) come with the batch: `crawler.fetch.run` and the add-on set
`PHUONGCHI_BATCH`. `docs/decisions.md`, "Scrapy", has a reason for each switch.
"""

from __future__ import annotations

BOT_NAME = "phuongchi"
SPIDER_MODULES = ["spiders"]
ADDONS = {"phuongchi.addon.ArchiveAddon": 0}

# The way of a request: the frontier hands it out, the guard looks at it last before the network, the capture is the first to
# see the answer, still coded; the answer's meaning is decided nearest to the engine.
SCHEDULER = "crawler.fetch.frontier.Frontier"
DOWNLOADER_MIDDLEWARES = {
    "crawler.fetch.answers.AnswerMiddleware": 30,
    "crawler.fetch.coding.CodingMiddleware": 590,
    "crawler.fetch.capture.CaptureMiddleware": 880,
}
DOWNLOADER_MIDDLEWARES_BASE: dict[
    str, int
] = {}  # Scrapy's robots, retry, redirect, cookie and cache rules are not ours
SPIDER_MIDDLEWARES = {"crawler.fetch.answers.FoundMiddleware": 500}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.network.PortalHandler",
    "https": "crawler.fetch.network.PortalHandler",
}
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}  # no file, ftp, data or s3
TWISTED_DNS_RESOLVER = "crawler.fetch.guard.GuardedResolver"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Doors into a running crawl stay shut.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
EXTENSIONS_BASE: dict[str, int] = {}  # visits count for themselves

COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False
HTTPPROXY_ENABLED = False
REDIRECT_ENABLED = False
REFERER_ENABLED = False
RETRY_ENABLED = False
ROBOTSTXT_OBEY = False  # ours is stricter: crawler/fetch/robots.py

# One request at a time to a server, and the delays between them, are the frontier's (crawler/fetch/pace.py).
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # tasks that wait for each response's items, which no pipeline takes
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0

DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
DNS_TIMEOUT = 20

LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []  # looked up in each child, and said below that level
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False
