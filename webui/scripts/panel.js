// The panel beside the page: turning the pages of a PDF, its two views, searching in its text.
const panels = (() => {
  const of = (element) => element.closest(".panel");

  // -- a PDF: the page as it is, with frames around what is quoted
  const turn = (figure, by) => {
    const { last, framed, said, alt, altFramed } = figure.dataset;
    const page = Math.min(Math.max(Number(figure.dataset.page) + by, 1), Number(last));
    const [before, behind] = figure.querySelectorAll("[data-turn]");
    figure.dataset.page = page;
    [before.disabled, behind.disabled] = [page === 1, page === Number(last)];
    figure.querySelector("[role=status]").textContent = said.replace("{page}", page).replace("{total}", last);
    const image = figure.querySelector("img");
    image.alt = (JSON.parse(framed).includes(page) ? altFramed : alt).replace("{page}", page);
    image.src = image.parentElement.href = image.getAttribute("src").replace(/\d+(?=\?)/, page);
  };

  const look = (panel, view) => {
    panel.dataset.view = view;
    for (const one of panel.querySelectorAll("button[data-view]")) {
      one.setAttribute("aria-pressed", String(one.dataset.view === view));
    }
    if (view === "text") toQuote(panel);
  };

  // What was quoted comes into view.
  const toQuote = (panel) => {
    const quote = panel.querySelector("mark");
    const body = panel.querySelector(".panel-body");
    if (panel.dataset.view === "page") return (body.scrollTop = 0);
    let top = 0; // offsetTop counts from the next cell of a table upwards, if there is one
    for (let at = quote; at && at !== body; at = at.offsetParent) top += at.offsetTop;
    body.scrollTop = quote ? top - Math.max(16, (body.clientHeight - quote.offsetHeight) / 2) : 0;
    // In a wide table the short answer may stand beyond the edge.
    panel.querySelector("td mark.words")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // In a wide row that is quoted, the short answer may stand beyond the edge.
  const toAnswer = (log) => {
    for (const mark of log.querySelectorAll(".quotation td mark.words")) {
      const scroll = mark.closest(".scroll");
      const [at, view] = [mark.getBoundingClientRect(), scroll.getBoundingClientRect()];
      if (at.right > view.right || at.left < view.left) scroll.scrollLeft += at.right - view.right + 16;
    }
  };

  // Another text is shown: what was sought in the one before is not, though its field may be the same.
  const fresh = (panel) => {
    highlights?.clear();
    found.delete(panel);
    const input = panel.querySelector(".panel-search input");
    if (input) input.value = "";
  };

  // A page that cannot be drawn is said in words.
  const drawing = (panel) => {
    const figure = panel.querySelector(".page-view");
    const image = figure?.querySelector("img");
    image?.addEventListener("error", () => (figure.querySelector("figcaption").hidden = false));
    image?.addEventListener("load", () => (figure.querySelector("figcaption").hidden = true));
  };

  // -- searching: what is found is painted and the text stays as it is, where the browser can
  const highlights = window.CSS?.highlights;
  const found = new WeakMap(); // panel -> { words, ranges, at }

  const ranges = (text, words) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let whole = "";
    while (walker.nextNode()) {
      nodes.push([whole.length, walker.currentNode]);
      whole += walker.currentNode.data;
    }
    const [low, sought] = [whole.toLowerCase(), words.toLowerCase()];
    if (low.length !== whole.length) return []; // a letter of two in lower case: places would not fit
    const places = [];
    let node = 0;
    const at = (place, isEnd) => {
      while (node + 1 < nodes.length && nodes[node + 1][0] + (isEnd ? 0 : -1) < place) node += 1;
      return [nodes[node][1], place - nodes[node][0]];
    };
    for (let start = low.indexOf(sought); start >= 0; start = low.indexOf(sought, start + sought.length)) {
      const range = new Range();
      range.setStart(...at(start, false));
      range.setEnd(...at(start + sought.length, true));
      places.push(range);
      if (places.length === 1000) break;
    }
    return places;
  };

  const search = (panel, input, by) => {
    const words = input.value.trim();
    const status = panel.querySelector(".panel-search [role=status]");
    let state = found.get(panel);
    if (state?.words !== words) {
      state = { words, ranges: words ? ranges(panel.querySelector(".document"), words) : [], at: -1 };
      found.set(panel, state);
      by = 1;
    }
    highlights?.clear();
    const count = state.ranges.length;
    status.textContent = count ? "" : words && status.dataset.none;
    if (!count) return;
    if (panel.dataset.view === "page") look(panel, "text");
    state.at = (state.at + by + count) % count;
    status.textContent = `${state.at + 1} / ${count}`;
    const current = state.ranges[state.at];
    highlights?.set("found", new Highlight(...state.ranges));
    highlights?.set("found-here", new Highlight(current));
    current.startContainer.parentElement.scrollIntoView({ block: "center" });
  };

  document.addEventListener("input", ({ target }) => {
    if (target.matches?.(".panel-search input")) search(of(target), target, 1);
  });
  document.addEventListener("keydown", (event) => {
    const { target, key, shiftKey, isComposing } = event;
    if (!target.matches?.(".panel-search input") || isComposing) return;
    if (key === "Enter") search(of(target), target, shiftKey ? -1 : 1);
    if (key === "Escape" && target.value) {
      target.value = "";
      search(of(target), target, 1);
      event.stopImmediatePropagation(); // the panel stays
    }
  });

  // -- the way to the documents: all of them, or the entry of one
  const toDocuments = (docId) => {
    document.querySelector("#tabs [data-tab-id=documents]").click();
    const box = document.querySelector("#search")?.querySelector("input, textarea");
    if (docId === undefined) return;
    // A tab is made when it is first shown, its list last: what is typed before is lost.
    if (!document.querySelector("[data-search]")) return setTimeout(() => toDocuments(docId), 50);
    box.value = docId;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => box.focus());
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-turn], button[data-view], [data-entry], [data-documents]");
    if (!button) return;
    if (button.dataset.turn) turn(button.closest(".page-view"), Number(button.dataset.turn));
    else if (button.dataset.view) look(of(button), button.dataset.view);
    else toDocuments(button.dataset.entry);
  });

  return { toQuote, toAnswer, drawing, fresh };
})();
