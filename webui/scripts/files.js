// A file that the server has drawn is saved by the browser, without an address that others could ask.
const files = {
  save({ name, type, base64 }) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
};

// The menu of formats folds when something else is pressed, or Escape.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".export[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener(
  "keydown",
  (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".export[open]");
    if (!menu) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  },
  true,
);
