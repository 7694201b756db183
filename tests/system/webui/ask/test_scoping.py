"""What the control of the scope offers. In this tier, for importing it takes Gradio."""

from index.keeping.library import Library, Source
from webui.ask import scoping
from webui.texts import ZH


def test_folders_and_documents_can_be_chosen(library: Library) -> None:
    titles = {"报/x.md": "乙", "报/二/y.md": "丙"}
    library.add([Source(name, f"# {title}\n\n正文。".encode()) for name, title in titles.items()])
    offered = scoping.choices(library.documents(), ZH)
    assert offered[:2] == [("报/（文件夹，2 份）", "报/"), ("报/二/（文件夹，1 份）", "报/二/")]
    assert offered[2:] == [
        (f"{document.metadata.title} · {document.doc_id}", document.doc_id)
        for document in library.documents()
    ]
    assert ("乙 · 报/x.md", "报/x.md") in offered
