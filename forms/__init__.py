"""What people fill in: the definitions lie beside this package, which reads them.

Begin with `load_form`; `README.md` says how a form is written.
"""

from __future__ import annotations

from forms.answers import Answers
from forms.errors import BrokenFormError
from forms.fields import JSON, Field, Kind, Values
from forms.form import Form, load_form
from forms.judge import Expression, Judge
from forms.layout import Layout, layout_of, load_layout
from forms.names import Names, Problem
from forms.pages import FormView
from forms.posted import Answered, Posted, Typed
from forms.printing import Heading, PaperView, paper
from forms.sheets import Sheet, in_force
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
    "Heading",
    "Judge",
    "Kind",
    "Layout",
    "Names",
    "PaperView",
    "Posted",
    "Problem",
    "Sheet",
    "Typed",
    "Values",
    "in_force",
    "layout_of",
    "load_form",
    "load_layout",
    "paper",
]
