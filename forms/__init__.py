"""What people fill in: the definitions lie beside this package, which reads them.

Begin with `load_form`; `README.md` says how a form is written.
"""

from __future__ import annotations

from forms.answers import Answers
from forms.errors import BrokenFormError
from forms.fields import JSON, Field, Kind, Values
from forms.form import Form, load_form
from forms.judge import Expression, Judge
from forms.names import Names, Problem
from forms.pages import FormView
from forms.posted import Answered, Posted, Typed
from forms.texts import AttachedFile, Change, FilledView

__all__ = [
    "JSON",
    "Answered",
    "Answers",
    "AttachedFile",
    "BrokenFormError",
    "Change",
    "Expression",
    "Field",
    "FilledView",
    "Form",
    "FormView",
    "Judge",
    "Kind",
    "Names",
    "Posted",
    "Problem",
    "Typed",
    "Values",
    "load_form",
]
