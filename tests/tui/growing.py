"""A recording that grows when a test says so, and the console beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Queue

from traversion_data import schema
from traversion_data.ingest import Progress
from traversion_data.model import Gap
from traversion_data.store.view import StoreView
from traversion_tui.recording import Terms

from .console_harness import Console, settle
from .tui_incident import CannedSession, incident, view_of

FOLLOWED = Terms(grows=True, kept=False)


@dataclass
class GrowingRecording:
    """Followed input: each snapshot and each progress comes when the test hands it in."""

    terms: Terms = FOLLOWED
    name: str = "app.jsonl"
    zone: str = "UTC"
    session: CannedSession = field(init=False)

    def __post_init__(self) -> None:
        self.view = StoreView(schema.empty())
        self.session = CannedSession(lambda: self.view)
        self.news: Queue[StoreView | Progress | None] = Queue()

    def load(
        self,
        on_progress: Callable[[Progress], None],
        on_snapshot: Callable[[StoreView], None],
    ) -> None:
        while (news := self.news.get()) is not None:
            if isinstance(news, Progress):
                on_progress(news)
            else:
                self.view = news
                on_snapshot(news)
            self.news.task_done()
        self.news.task_done()

    def cancel(self) -> None:
        self.news.put(None)


def caught_up(rows: int, *trouble: str) -> Progress:
    """All there is has been read."""
    return Progress(rows * 100, rows * 100, rows, 1.0, done=True, trouble=trouble)


def part(rows: int, *gaps: Gap) -> StoreView:
    """The first rows of the incident, as they would have come."""
    view = view_of(incident(2000).sort("time", "seq").head(rows))
    return view.with_accounts(view.aside, view.sources, gaps)


async def grow(pilot: Console, made: GrowingRecording, *news: StoreView | Progress) -> None:
    """Hand news in and wait until they are shown."""
    for each in news:
        made.news.put(each)
    made.news.join()
    await settle(pilot)
