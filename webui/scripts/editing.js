// A question becomes a field where it stands; what is sent from it is asked in its place.
const editing = (() => {
  const button = (type, text, className) => {
    const made = document.createElement("button");
    Object.assign(made, { type, textContent: text, className });
    return made;
  };

  return {
    begin(pen) {
      const place = pen.closest(".question");
      const said = place.querySelector(".said");
      const form = document.createElement("form");
      const field = document.createElement("textarea");
      const hint = document.createElement("p");
      const buttons = document.createElement("div");
      const send = button("submit", pen.dataset.send, "action primary");
      const cancel = button("button", pen.dataset.cancel, "action");
      const end = () => {
        form.remove();
        pen.hidden = said.hidden = false;
        pen.focus();
      };
      form.className = "asking-anew";
      Object.assign(field, { name: "question", value: said.textContent, dir: "auto", required: true });
      field.maxLength = Number(pen.dataset.max);
      field.rows = Math.min(8, 1 + field.value.split("\n").length);
      field.setAttribute("aria-label", pen.title);
      send.dataset.event = "reask";
      send.dataset.detail = pen.dataset.edit;
      hint.className = "hint";
      hint.textContent = pen.dataset.hint;
      cancel.addEventListener("click", end);
      field.addEventListener("keydown", (event) => {
        if (event.isComposing) return;
        if (event.key === "Escape") {
          event.stopPropagation(); // the panel stays
          end();
        } else if (event.key === "Enter" && !event.shiftKey) {
          event.preventDefault();
          form.requestSubmit();
        }
      });
      buttons.className = "actions";
      buttons.append(send, cancel);
      form.append(field, hint, buttons);
      pen.hidden = said.hidden = true;
      place.append(form);
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    },
  };
})();
