// Files that are dropped or pasted at the question are given to the button beside it.
const attaching = (() => {
  const tab = () => document.querySelector(".columns:has(#asking)");
  const give = (files) => {
    const input = document.querySelector("#attaching input[type=file]");
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    input.files = held.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // A reader has no button, and adds nothing (style.css).
  const mayAdd = document.documentElement.dataset.role !== "reader";
  const isGiven = ({ dataTransfer, target }) =>
    mayAdd && dataTransfer?.types.includes("Files") && tab()?.contains(target);

  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!isGiven(event)) return;
      event.preventDefault();
      tab().classList.toggle("dropping", name === "dragenter" || name === "dragover");
      if (name === "drop") give(event.dataTransfer.files);
    });
  }
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    // What is copied from a table is there as a picture, too.
    if (!event.target.matches?.("#question textarea") || !files.length) return;
    if (!mayAdd || types.includes("text/plain")) return;
    event.preventDefault();
    give(files);
  });

  return {
    // The button shows a sign; what it is for is told where the mouse rests.
    name() {
      const button = document.querySelector("#attach");
      if (!button) return setTimeout(attaching.name, 50); // it may be made later than what asks for this
      button.title = button.textContent.trim();
    },
  };
})();
