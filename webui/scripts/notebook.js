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

    // Draws it; a remark that is being written stays with its answer.
    draw(element, html) {
      const book = element.querySelector(".notebook");
      const next = book.cloneNode(false);
      next.innerHTML = html;
      for (const note of next.querySelectorAll(".note")) {
        const was = place(note.dataset.note);
        if (was) note.querySelector("textarea").value = was.querySelector("textarea").value;
      }
      book.replaceChildren(...next.childNodes);
    },

    // Keeps a remark that the server has sealed.
    remarked(remark) {
      if (!remark) return [];
      kept.remark(remark);
      const saved = place(remark.note_id)?.querySelector(".saved");
      if (saved) saved.textContent = saved.dataset.saved;
      return [];
    },
  };
})();
