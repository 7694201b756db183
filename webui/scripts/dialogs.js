// What the browser asks the reader by itself, and what it puts on the clipboard.
const dialogs = (() => {
  // Resolves to what was typed and whether the box was ticked, null when cancelled; `ok` is what the
  // button says that goes on.
  const ask = (message, { value, check, ok } = {}) =>
    new Promise((resolve) => {
      const words = document.querySelector("#words").dataset;
      const dialog = document.createElement("dialog");
      const form = document.createElement("form");
      const label = document.createElement("label");
      const input = document.createElement("input");
      const box = document.createElement("input");
      const buttons = document.createElement("div");
      form.method = "dialog";
      label.textContent = message;
      label.dir = "auto";
      form.append(label);
      if (value !== undefined) {
        input.value = value;
        input.dir = "auto";
        label.append(input);
      }
      if (check !== undefined) {
        const ticking = document.createElement("label");
        box.type = "checkbox";
        ticking.append(box, check);
        form.append(ticking);
      }
      for (const [result, text] of [["cancel", words.cancel], ["ok", ok ?? words.ok]]) {
        const button = document.createElement("button");
        button.value = result;
        button.textContent = text;
        if (result === "ok") button.className = "primary";
        buttons.append(button);
      }
      // Enter presses the first button of a form: in a text field it should mean OK.
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) {
          event.preventDefault();
          dialog.close("ok");
        }
      });
      form.append(buttons);
      dialog.append(form);
      dialog.setAttribute("aria-label", message);
      dialog.addEventListener("close", () => {
        resolve(dialog.returnValue === "ok" ? { typed: input.value, checked: box.checked } : null);
        dialog.remove();
      });
      document.body.append(dialog);
      dialog.showModal();
      (value === undefined ? buttons.firstChild : input).focus();
      if (value !== undefined) input.select();
    });

  const copy = async (button) => {
    const text = button.dataset.copy;
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
    } else {
      // Without https there is no clipboard interface; a selected text can still be copied.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 1500);
  };

  return { ask, copy };
})();
