"""What the demo shows: stages, a progress bar and every finding with the words it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

# The member of an event's data that holds the element, and the member of the element that names it.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "emotion": ("name", "magenta"),
    "topic": ("name", "cyan"),
    "belief": ("text", "yellow"),
    "challenge": ("text", "red"),
    "action_item": ("text", "green"),
    "insight": ("content", "blue"),
}
_STAGES: Final[Mapping[str | None, str]] = {
    None: "waiting",
    "reading": "reading what was sent",
    "transcribing": "transcribing the recording",
    "analyzing": "analysing",
}
_LONGEST_QUOTE: Final = 200
_PLAIN_WIDTH: Final = 80
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


class Screen:
    """Prints events as they come; on a terminal with a live bar below them.

    Args:
        console: rich's; where it is no terminal, plain lines are printed instead of the bar.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("waiting for the pipeline", total=1.0)
        self._seen: set[str] = set()
        self._cut = False

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def stage(self, sentence: str) -> None:
        """A step that is done."""
        self.console.print(Text.assemble(("  ✓ ", "bold green"), sentence))

    def show(self, event: Mapping[str, Any]) -> None:
        """One event of the session's stream."""
        kind = event["type"].removeprefix("new_")
        if kind in KINDS:
            self._show_element(kind, event["data"][kind])
        elif kind == "analysis_progress":
            self._show_progress(event["data"])
        elif kind == "transcript_segment":
            self._show_speech(event["data"]["segments"])
        elif kind == "analysis_failed":
            self.console.print(Text(f"  ✗ {event['data']['error']['message']}", "bold red"))

    def _show_progress(self, data: Mapping[str, Any]) -> None:
        done, total = data["windows_done"], data["windows_total"]
        told = f"{done} of {total} windows" if total else _STAGES[data["stage"]]
        self._bar.update(self._task, completed=data["progress"], description=told)
        if total and not self._cut:
            self._cut = True
            self.stage(f"transcript read and cut into {total} windows, analysed in parallel\n")
        elif data["status"] == "completed":
            self.stage("all windows merged: the analysis is complete\n")
            for warning in data["warnings"]:
                self.console.print(Text(f"  ! {warning['message']}\n", "yellow"))
        elif not self.console.is_terminal:
            self.console.print(f"  … {told}, {data['progress']:.0%}")

    def _show_speech(self, segments: Iterable[Mapping[str, Any]]) -> None:
        """What was heard in a recording; a text is known to whoever sent it."""
        for segment in segments:
            if segment["confidence"] is None:
                continue
            heard = "" if segment["reliable"] else "  (unreliable)"
            who = f"{clock(segment['start_ms']):>7}  {segment['speaker'] or '':<12.12}"
            self.console.print(
                Text.assemble((f"  said {who}  ", "dim"), segment["text"], (heard, "yellow"))
            )

    def _show_element(self, kind: str, element: Mapping[str, Any]) -> None:
        if element["id"] in self._seen:
            return
        self._seen.add(element["id"])
        member, colour = KINDS[kind]
        told, quote = str(element[member]), quoted(element)
        heading = Text.assemble(
            (f"  {kind.replace('_', ' '):<11} ", f"bold {colour}"),
            (
                f"{clock(element.get('start_ms')):>7}  {element.get('speaker') or '':<18.18}  ",
                "dim",
            ),
            (told if member == "name" else "", "bold"),
            (measured(kind, element), "dim"),
        )
        self.console.print(heading)
        # What was found is often just what was said.
        if member != "name" and told not in quote:
            self._indented(Text(told))
        self._indented(Text(f"“{quote}”", "italic"))

    def _indented(self, text: Text) -> None:
        self.console.print(Padding(text, (0, 2, 0, 4), expand=False))

    def summary(self, summary: Mapping[str, Any]) -> None:
        """What the session comes to: its sentences, and the mood at each of its feelings."""
        self.console.print(Text("  In its own words", "bold"))
        for sentence in summary["sentences"]:
            self._indented(Text(f"“{sentence['text']}”", "italic"))
        moods = "".join(block(point["mood"]) for point in summary["arc"])
        if moods:
            told = "  Mood at each feeling, from the first to the last  "
            self.console.print(Text.assemble((told, "bold"), (moods, "magenta")))
        self.console.print()

    def tally(self, session: Mapping[str, Any]) -> Table:
        """How much of each kind was found, and what was found most."""
        table = Table(box=SIMPLE_HEAD, title="What was found", title_justify="left", pad_edge=True)
        table.add_column("kind")
        table.add_column("found", justify="right")
        table.add_column("most often", overflow="fold")
        for kind, (member, colour) in KINDS.items():
            elements = session.get(f"{kind}s", [])
            named = member == "name"
            table.add_row(
                Text(kind.replace("_", " "), colour),
                str(len(elements)),
                most_often(element["name"] for element in elements) if named else "",
            )
        return table


def measured(kind: str, element: Mapping[str, Any]) -> str:
    """The one number that says how much: of an emotion its intensity, else the confidence."""
    number = element.get("intensity" if kind == "emotion" else "confidence")
    return "" if number is None else f" {number:.2f}"


def block(mood: float) -> str:
    """A block as high as a mood of -1 to 1."""
    return _BLOCKS[round((mood + 1) / 2 * (len(_BLOCKS) - 1))]


def most_often(names: Iterable[str]) -> str:
    """The three names that come most often, with how often."""
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common(3))


def quoted(element: Mapping[str, Any]) -> str:
    """The words of the first evidence, on one line."""
    quote = " ".join(element["evidence"][0]["quote"].split())
    return quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1]}…"


def clock(start_ms: int | None) -> str:
    """Hours, minutes and seconds into the session; a dash where the source had no times."""
    if start_ms is None:
        return "–"
    minutes, seconds = divmod(start_ms // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def new_console() -> Console:
    """A terminal as wide as it is; 80 columns where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH)
