// A question of the page to its reader. Resolves to what was typed and whether the box was ticked,
// null when cancelled; `ok` is what the button says that goes on.
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
