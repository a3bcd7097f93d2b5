"""Tells people and other programs how nights go: report, mail, webhook, heartbeat. Its own failures never fail a night.

What could not be sent is kept in `reports/undelivered.json`, said in the next report, and tried again after the next night.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from email.utils import make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from phuongchi import alerting, reporting, sending
from phuongchi.archive import Archive
from phuongchi.logs import Mask, secrets_of
from phuongchi.sending import NotSent
from storage.errors import Held, PhuongChiError
from storage.text import instant_text

if TYPE_CHECKING:
    from access.alerts import News
    from monitoring.report import Both, Report
    from phuongchi.runners.order import Outcome

Channel = Literal["mail", "webhook"]

WELL = (0, 4, 9, 10)
"""Exit codes of runs after which a heartbeat is not told of a failure."""

NIGHT_LOST = "đêm thu thập không chạy được | the night could not be worked"
"""What is said of a failure in one line, unless it is about something else."""

KEPT = timedelta(days=14)
"""How long a message that cannot be sent is tried again."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not get out: the report of `night`, or the text of a failure, which `about` names in one line. `since`
    is an instant."""

    channel: Channel
    night: str
    text: str
    since: str
    tries: int
    why: str
    about: str = ""


@dataclass(slots=True)
class Herald:
    """Tells of the nights of one archive. `say` takes lines for the log; every method blocks, and raises nothing.

    `pause` is how long a webhook that did not answer is left alone, in seconds.
    """

    archive: Archive
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    pause: float = sending.PAUSE

    def began(self) -> None:
        """A night begins."""
        self._beat("start")

    def ended(self, outcome: Outcome, *, nightly: bool = True) -> None:
        """A run has ended: its report is written and sent. `nightly` False: portals with hours of their own; told if bad."""
        if not outcome.run:
            return
        self._guarded(lambda: self._report(outcome, nightly=nightly))
        if self.archive.config.notify.to and outcome.ending != "stopped":
            self._guarded(self._tell_alerts)
        if outcome.ending != "stopped":
            self._beat("" if outcome.code in WELL else "fail", f"run {outcome.run}, exit code {outcome.code}")

    def failed(self, error: BaseException) -> None:
        """A night could not be worked. Said once a night, however often it is tried again."""
        if isinstance(error, Held):
            return
        said = self._masked(error)
        self._beat("fail", said)
        self._tell_of(said, NIGHT_LOST)

    def service_failed(self, unit: str) -> None:
        """A service of this machine failed. The heartbeat is about nights: it is told only if the unit works them."""
        said = f"dịch vụ {unit} đã hỏng | the service {unit} failed"
        if "schedule" in unit:
            self._beat("fail", said)
        self._tell_of(f"{said}. See: journalctl -u {unit}", said)

    def test_mail(self) -> None:
        """Send a mail that says that mail works. Raises NotSent."""
        text = "Thư thử từ Phường Chí: gửi thư hoạt động.\nA test of Phường Chí: mail works.\n"
        self._mail_text("Phường Chí: thư thử | test mail", text)

    def alerts(self) -> Iterator[News]:
        """Mail what is new for each saved search; yields it. What cannot be sent is not noted as told. Raises NotSent."""
        return alerting.tell(self.archive, lambda news: self._mail_text(alerting.subject(news), alerting.text(news)))

    def _tell_of(self, said: str, about: str) -> None:
        """Send the text of a failure, once a night."""
        from storage.runs.dates import date_of

        night = date_of(self.archive.clock.now())
        if not self._was_told(night, said):
            self._guarded(lambda: self._send_all([_Message("", said, about)], self._pending()))
            self._guarded(lambda: self._write_again(night))

    def _masked(self, error: BaseException) -> str:
        """An error in words that may leave the machine."""
        said = str(error) if isinstance(error, PhuongChiError) else f"{type(error).__name__}: {error}"
        return Mask(secrets_of(self.archive.config, self.environment))(said)

    def _tell_alerts(self) -> None:
        for news in self.alerts():
            if news.articles:
                self.say(alerting.subject(news))

    def undelivered(self) -> list[Undelivered]:
        """What still waits to be sent."""
        return self._pending()

    # --- a night --------------------------------------------------------------------------------------------------

    def _report(self, outcome: Outcome, *, nightly: bool) -> None:
        from monitoring import notify
        from storage import reader

        pending, notes = self._pending(), self.archive.config.notify
        db = self.archive.connect(readonly=True)
        try:
            night = reader.night_of_run(db, outcome.run, schedule=self.archive.config.schedule)
            assert night is not None
            report = reporting.of_night(self.archive, db, night.date, _sentences(pending))
            assert report is not None
            self._guarded(lambda: self._write(report))  # a disk that is full is one of the things to be told
            # A run of portals with hours of their own answers for itself: what the night was told of is not told again.
            judged = replace(report.night, since=night.since) if nightly else night
            wanted = notify.wanted(judged, notes.when if nightly else "trouble")
            messages = [_Message(report.night.date.isoformat(), "")] if wanted and outcome.ending != "stopped" else []
            today = report

            def found(day: str) -> Report | None:
                given = date.fromisoformat(day)
                return today if given == today.night.date else reporting.of_night(self.archive, db, given)

            self._send_all(messages, pending, found)
        finally:
            db.close()

    def _write(self, report: Report) -> None:
        text, _ = reporting.write(self.archive.folder, report)
        self.say(f"Báo cáo | report: {text}")

    def _write_again(self, night: date) -> None:
        """Write the report of a night that failed, if anything of it was begun."""
        from storage import reader

        db = self.archive.connect(readonly=True)
        try:
            if reader.last_night(db) == night and (report := reporting.of_night(self.archive, db, night)):
                self._write(report)
        finally:
            db.close()

    def _send_all(
        self,
        messages: Sequence[_Message],
        pending: Sequence[Undelivered],
        reports: Callable[[str], Report | None] | None = None,
    ) -> None:
        """Send what is new and what was left, the oldest first; keep what does not get out.

        A channel that does not work is left alone with what remains: a night does not wait for each message of two weeks.
        """
        now, left, down = self.archive.clock.now(), list[Undelivered](), dict[Channel, str]()
        old = [one for one in pending if now - datetime.fromisoformat(one.since) < KEPT]
        fresh = [
            Undelivered(channel, one.night, one.text, instant_text(now), 0, "", one.about)
            for one in messages for channel in self._channels()
        ]  # fmt: skip
        for waiting in [*old, *(one for one in fresh if not any(_same(one, other) for other in old))]:
            if waiting.channel not in self._channels():
                continue  # it was switched off since
            if waiting.night and reports is None:
                left.append(waiting)  # the database cannot be asked now
                continue
            if waiting.channel in down:
                left.append(replace(waiting, why=down[waiting.channel]))
                continue
            try:
                self._send(waiting, reports)
            except NotSent as trouble:
                self.say(f"Chưa gửi được | not sent: {waiting.channel}: {trouble}")
                left.append(replace(waiting, tries=waiting.tries + 1, why=str(trouble)))
                if not trouble.alone:
                    down[waiting.channel] = str(trouble)
        self._keep(left)

    def _send(self, waiting: Undelivered, reports: Callable[[str], Report | None] | None) -> None:
        from monitoring import notify

        report = reports(waiting.night) if waiting.night and reports is not None else None
        if report is None:
            self._send_failure(waiting)
            return
        if waiting.channel == "webhook":
            self._post(notify.numbers(report))
            return
        how = self.archive.config.notify
        sender, at = how.sender or how.to[0], self.archive.clock.now()
        self._hand_over(notify.mail(report, sender=sender, to=how.to, at=at, message_id=make_msgid(domain="phuongchi")))

    def _send_failure(self, waiting: Undelivered) -> None:
        from monitoring import notify

        if not waiting.text:
            return  # the report of a night that is no more
        about = f"Phường Chí: {waiting.about or NIGHT_LOST}"
        if waiting.channel == "webhook":
            self._post({"schema": notify.SCHEMA, "trouble": True, "failure": waiting.text, "at": waiting.since})
            return
        self._mail_text(about, f"{about}\n\n{waiting.text}\n\n{self.archive.folder}, {waiting.since}\n")

    def _channels(self) -> list[Channel]:
        how = self.archive.config.notify
        return [*(["mail"] if how.to else []), *(["webhook"] if how.webhook else [])]  # type: ignore[list-item]

    # --- out ------------------------------------------------------------------------------------------------------

    def _mail_text(self, about: str, text: str) -> None:
        from monitoring import notify

        how = self.archive.config.notify
        if not how.to:
            raise NotSent("notify.to is empty")
        sender, at = how.sender or how.to[0], self.archive.clock.now()
        message_id = make_msgid(domain="phuongchi")
        self._hand_over(notify.letter(about, text, sender=sender, to=how.to, at=at, message_id=message_id))

    def _hand_over(self, message: object) -> None:
        how = self.archive.config.notify
        password = sending.secret(
            self.environment, "PHUONGCHI_SMTP_PASSWORD", self.archive.folder, how.smtp_password_file
        )
        sending.send_mail(how, message, password, folder=self.archive.folder)  # type: ignore[arg-type]

    def _post(self, content: object) -> None:
        from monitoring import notify

        how, made = self.archive.config.notify, notify.body(content)
        key = sending.secret(self.environment, "PHUONGCHI_WEBHOOK_SECRET", self.archive.folder, how.webhook_secret_file)
        headers = notify.signed(made, key.encode(), self.archive.clock.now()) if key else {}
        sending.post(how.webhook, made, headers, timeout=how.timeout, pause=self.pause)

    def _beat(self, ending: str, said: str = "") -> None:
        how = self.archive.config.notify
        if not how.heartbeat_url:
            return
        try:
            sending.beat(how.heartbeat_url, ending, timeout=how.timeout, said=said)
        except NotSent as trouble:  # a heartbeat that is late says all there is to say
            self.say(f"Chưa gửi được | not sent: heartbeat: {trouble}")

    # --- what is left ---------------------------------------------------------------------------------------------

    def _guarded(self, work: Callable[[], None]) -> None:
        """Whatever goes wrong with a report is said, and the night goes on."""
        try:
            work()
        except Exception as error:  # a report is no reason to lose a night
            said = str(error) if isinstance(error, PhuongChiError) else f"{type(error).__name__}: {error}"
            self.say(f"Không lập được báo cáo | no report: {said}")

    def _was_told(self, night: date, said: str) -> bool:
        """Whether another process, or this one, told of this failure tonight; from now on, one did.

        Numbers do not make it another failure: the free space of a full disk is never the same. The mark is an empty file, for
        which there is room on most disks that are full.
        """
        digest = hashlib.sha256(re.sub(r"\d+", "#", said).encode()).hexdigest()[:16]
        folder, tonight = self.archive.folder / reporting.FOLDER, f".told-{night:%Y-%m-%d}-"
        try:
            folder.mkdir(exist_ok=True)
            for old in folder.glob(".told-*"):
                if not old.name.startswith(tonight):
                    old.unlink(missing_ok=True)
            (folder / f"{tonight}{digest}").touch(exist_ok=False)
        except FileExistsError as there:
            return str(there.filename) != str(folder)
        except OSError as error:
            self.say(f"Không ghi được | cannot be written: {folder}: {error.strerror}")
        return False

    def _place(self) -> Path:
        return self.archive.folder / reporting.FOLDER / "undelivered.json"

    def _pending(self) -> list[Undelivered]:
        try:
            return [Undelivered(**one) for one in json.loads(self._place().read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError):
            self.say(f"Tệp hỏng | damaged, begun anew: {self._place()}")
            return []

    def _keep(self, left: Sequence[Undelivered]) -> None:
        if left:
            reporting.put(self._place(), json.dumps([asdict(one) for one in left], ensure_ascii=False, indent=1) + "\n")
        else:
            self._place().unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Message:
    """The report of a night (its date), or the text of a failure and what it is about."""

    night: str
    text: str
    about: str = ""


def _same(one: Undelivered, other: Undelivered) -> bool:
    return (one.channel, one.night, one.text) == (other.channel, other.night, other.text)


def _sentences(pending: Sequence[Undelivered]) -> tuple[Both, ...]:
    """What was not sent, as the report says it."""
    return tuple(
        (f"{one.channel}: chưa gửi được sau {one.tries} lần ({one.night or one.text}): {one.why}",
         f"{one.channel}: not sent after {one.tries} tries ({one.night or one.text}): {one.why}")
        for one in pending
    )  # fmt: skip
