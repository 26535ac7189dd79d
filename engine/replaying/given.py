"""What was answered at a step or start, as the form of the replay's version would take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cases.opening import every_field
from engine.replaying.play import CannotFollowError, stop
from engine.spiff import Obstacle
from forms import Answered

if TYPE_CHECKING:
    from engine.replaying.play import Play
    from engine.replaying.record import Event
    from forms import Form


def given(play: Play, event: Event, process: str, element: str) -> dict[str, Any]:
    """Return recorded answers with None for what the form did not show; all that it still asks.

    Raises CannotFollowError when they were erased, and when the form asks otherwise for something
    that the procedure goes by.
    """
    if event.lacks:
        raise stop(event, "填写内容已按规定删除。", "its answers were erased, as the rules demand.")
    form = play.stage.bundle.forms.get(f"{process}/{element}")
    if form is None:
        return dict(event.answers)
    kept = {name: value for name, value in event.answers.items() if name in form.by_name}
    if _is_another(play, process, element):
        kept |= _checked(play, event, form, kept)
    return every_field(form, kept)


def _is_another(play: Play, process: str, element: str) -> bool:
    path = f"forms/{process}/{element}.json"
    return play.stage.bundle.files.get(path) != play.terms.was.files.get(path)


def _checked(play: Play, event: Event, form: Form, kept: dict[str, Any]) -> dict[str, Any]:
    """Read answers once more by another form, which may refuse them, or begin with others."""
    today = form.day(event.at)
    read = form.read(Answered({**form.prefill({}, today=today), **kept}), today=today)
    for pointer, problem in read.problems.items():
        name = pointer.strip("/").partition("/")[0]
        field = form.by_name.get(name)
        if field is None or name not in play.stage.bundle.compiled.variables:
            continue
        process, element = event.body["process"], event.body["element"]
        raise CannotFollowError(
            Obstacle(
                process,
                element,
                f"这一版的表单在这里问“{field.title.zh}”，记录里的回答不合适：{problem.zh}",
                f"This version's form asks for “{field.title.en}” here, and what was answered "
                f"does not do: {problem.en}",
            )
        )
    return {name: value for name, value in read.values.items() if name not in kept}
