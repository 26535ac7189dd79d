"""What a page prints: plain texts, so that the Jinja macros never compute."""

from __future__ import annotations

from dataclasses import dataclass

from forms.fields import Widget


@dataclass(frozen=True, slots=True)
class Words:
    """The few words of the page that belong to no form."""

    required: str
    choose: str
    yes: str
    no: str
    add_row: str
    delete: str
    open_file: str
    keep_file: str
    choose_files: str
    show: str
    our_default: str
    our_default_note: str
    number: str
    code: str
    copy: str
    signed: str
    print: str
    back: str
    problems: str


HANZI = Words(
    required="必填",
    choose="请选择",
    yes="是",
    no="否",
    add_row="添加一行",
    delete="删除",
    open_file="打开",
    keep_file="取消勾选即不再附上",
    choose_files="选择文件",
    show="更新表单以显示相关字段",
    our_default="本公司默认",
    our_default_note="标有“本公司默认”的内容由本公司设定，不出自原规定。",
    number="编号",
    code="案件",
    copy="联次",
    signed="签名",
    print="打印",
    back="返回",
    problems="请改正以下各项",
)
ENGLISH = Words(
    required="required",
    choose="Choose",
    yes="Yes",
    no="No",
    add_row="Add a row",
    delete="Delete",
    open_file="Open",
    keep_file="Untick to leave a file out",
    choose_files="Choose files",
    show="Update the form to show what belongs to this answer",
    our_default="our default",
    our_default_note="What is marked “our default” is set by us, not by the written regulation.",
    number="No.",
    code="Case",
    copy="Copy",
    signed="Signature",
    print="Print",
    back="Back",
    problems="Please correct the following",
)


def words_of(lang: str) -> Words:
    return ENGLISH if lang.startswith("en") else HANZI


@dataclass(frozen=True, slots=True)
class ChoiceView:
    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FileView:
    id: str
    value: str
    name: str
    href: str
    size: str


@dataclass(frozen=True, slots=True)
class RowView:
    number: int
    cells: tuple[FieldView, ...]
    delete: str
    delete_label: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field ready to print; `value` is the text exactly as typed."""

    id: str
    name: str
    widget: str
    label: str
    value: str
    shown: bool = True
    required: bool = False
    problem: str = ""
    description: str = ""
    help: str = ""
    placeholder: str = ""
    input_type: str = "text"
    inputmode: str = ""
    unit: str = ""
    lines: int = 3
    accept: str = ""
    wide: bool = False
    our_default: bool = False
    show_if: str = ""
    required_if: str = ""
    triggers: bool = False
    choices: tuple[ChoiceView, ...] = ()
    files: tuple[FileView, ...] = ()
    columns: tuple[tuple[str, bool], ...] = ()
    rows: tuple[RowView, ...] = ()
    can_add: bool = True


@dataclass(frozen=True, slots=True)
class SectionView:
    heading: str
    fields: tuple[FieldView, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A line of the summary; `href` leads to the field, or is empty for the whole form."""

    href: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class FormView:
    key: str
    lang: str
    title: str
    description: str
    sections: tuple[SectionView, ...]
    problems: tuple[ProblemView, ...]
    words: Words

    @property
    def has_files(self) -> bool:
        """Whether it takes files, which only multipart/form-data carries, and dearly."""
        return any(f.widget == Widget.FILE for section in self.sections for f in section.fields)
