// The notebook, and the buttons below answers that say whether they are in it.
const notebook = (() => {
  let renew = () => {}; // has the server draw it anew
  const place = (id) => document.querySelector(`[data-note="${CSS.escape(id)}"]`);

  const mark = () => {
    for (const button of document.querySelectorAll(".transcript [data-noted]")) {
      const isNoted = kept.isNoted(JSON.parse(button.dataset.detail).note_id);
      button.dataset.note ??= button.textContent;
      button.textContent = isNoted ? button.dataset.noted : button.dataset.note;
      button.setAttribute("aria-pressed", isNoted);
    }
  };

  return {
    mark,
    changed() {
      mark();
      renew();
    },

    // Where nobody sees it, it is drawn when its tab is opened.
    follow(element, trigger) {
      renew = () => element.offsetParent !== null && trigger("notes");
    },

    // Draws it; a remark that is being written stays with its answer, and the focus in it.
    draw(element, html) {
      const book = element.querySelector(".notebook");
      const next = book.cloneNode(false);
      next.innerHTML = html;
      const active = document.activeElement;
      for (const note of next.querySelectorAll(".note")) {
        const field = place(note.dataset.note)?.querySelector("textarea");
        const isOpen = field && (field === active || field.value !== field.defaultValue);
        if (isOpen) note.querySelector("textarea").replaceWith(field);
      }
      book.replaceChildren(...next.childNodes);
      if (book.contains(active)) active.focus();
    },

    // Keeps a remark that the server has sealed, and says whether there was room for it.
    async remarked(remark) {
      if (!remark) return [];
      const field = place(remark.note_id)?.querySelector("textarea");
      const written = field?.value;
      const isKept = await kept.remark(remark);
      const saved = place(remark.note_id)?.querySelector(".saved");
      if (!saved) return [];
      saved.textContent = isKept ? saved.dataset.saved : saved.dataset.unsaved;
      if (isKept) field.defaultValue = written;
      return [];
    },
  };
})();
