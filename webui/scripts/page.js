// What the page does in the browser, with what `kept` (kept.js) knows.
const wenzheng = (() => {
  // Gradio's own words (those of its upload area) follow the browser; here they follow the page.
  const language = document.documentElement.lang;
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });

  const THEME = "wenzheng-theme";
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (localStorage.getItem(THEME) ?? (systemDark.matches ? "dark" : "light")) === "dark";
  const paint = () => {
    if (document.body && document.body.classList.contains("dark") !== isDark()) {
      document.body.classList.toggle("dark", isDark());
    }
    document.documentElement.style.colorScheme = isDark() ? "dark" : "light";
  };

  document.addEventListener("DOMContentLoaded", () => {
    paint();
    // Gradio sets the class by the system's preference; a reader's choice outweighs it.
    new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    systemDark.addEventListener("change", paint);
  });

  // -- the server is gone: said in the page's language, in the place of Gradio's own message
  const GRADIOS = "Connection to the server was lost";
  let goneSince = null; // a timer that asks whether it is back
  const answers = () => fetch("./gradio_api/app_id", { cache: "no-store" });
  const lookForIt = async () => {
    try {
      const { status } = await answers();
      const { ended, away } = document.querySelector("#words").dataset;
      const said = { 401: ended, 503: away }[status]; // Gradio takes both for the end of the server
      if (said) {
        document.querySelector(".gone").textContent = said;
        return;
      }
    } catch {
      return; // still away
    }
    clearInterval(goneSince);
    goneSince = null;
    document.querySelector(".gone")?.remove(); // where a question was lost, Gradio reloads the page
  };
  const gone = () => {
    if (goneSince !== null) return;
    const said = document.createElement("p");
    said.className = "gone";
    said.setAttribute("role", "alert");
    document.querySelector(".gradio-container").append(said);
    said.textContent = document.querySelector("#words").dataset.gone;
    goneSince = setInterval(lookForIt, 2000);
    lookForIt();
  };
  const watchToasts = () => {
    const hide = () => {
      for (const toast of document.querySelectorAll(".toast-body")) {
        const isGradios = toast.textContent.includes(GRADIOS);
        toast.style.display = isGradios ? "none" : ""; // the element may have said that before
        if (isGradios) gone();
      }
    };
    new MutationObserver(hide).observe(document.querySelector(".toast-wrap"), { childList: true, characterData: true, subtree: true });
  };

  // -- what Gradio's own parts do not say to those who do not see them
  const describe = () => {
    for (const fold of document.querySelectorAll(".label-wrap")) {
      fold.setAttribute("aria-expanded", fold.classList.contains("open"));
    }
    // Named in English, whatever it shows.
    for (const area of document.querySelectorAll(".upload-container[aria-label]")) area.removeAttribute("aria-label");
  };
  document.addEventListener("click", () => setTimeout(describe, 50));

  let underway = null; // the conversation in which a question is being answered, open or not
  let following = null; // the exchange that is being answered
  let leading = false; // whether it is kept in view: until the reader scrolls
  let judged = null; // the exchange whose answer the reader has just called wrong

  for (const sign of ["wheel", "touchmove"]) {
    addEventListener(sign, () => (leading = false), { passive: true });
  }

  // -- evidence: which button opened the panel, so that Esc leads back to it
  let opener = null;
  let stepping = false;

  const step = (group, index) => {
    const buttons = opener?.closest(".exchange, .note")?.querySelectorAll("[data-event=evidence]") ?? [];
    const opens = ({ dataset }) => {
      const detail = JSON.parse(dataset.detail);
      return detail.group === group && detail.index === index;
    };
    stepping = true;
    [...buttons].find(opens)?.click();
    stepping = false;
  };

  const press = async (button, trigger) => {
    const { event, detail, confirm, check, ok, prompt, value, step: place, group } = button.dataset;
    if (button.dataset.copy !== undefined) return dialogs.copy(button);
    if (button.dataset.edit !== undefined) return isBusy() ? undefined : editing.begin(button);
    if (place !== undefined) return step(group, Number(place));
    if (!event) return;
    const data = JSON.parse(detail);
    const noted = button.closest("[data-note]")?.dataset.note;
    if (data.exchange) data.conversation = noted ? kept.noted(noted) : kept.exchange(openId, data.exchange);
    if (confirm !== undefined) {
      const answer = await dialogs.ask(confirm, { check, ok });
      if (answer === null) return;
      data.checked = answer.checked;
    }
    if (prompt !== undefined) {
      const answer = await dialogs.ask(prompt, { value });
      if (answer === null) return;
      data.title = answer.typed;
    }
    for (const field of button.closest("form")?.elements ?? []) {
      if (field.name) data[field.name] = field.value;
    }
    if (["evidence", "view", "edit"].includes(event) && !stepping) opener = button;
    if (event === "judge") judged = data.exchange;
    if (event === "put") return put(data.question);
    if (["retry", "reask"].includes(event) && isBusy()) return;
    if (event === "reask") {
      if (!data.question.trim()) return;
      [asked, taken] = [data.question, false];
    }
    if (event === "export") {
      if (button.closest(".notebook")) data.notes = kept.notes();
      else data.conversation = kept.part(openId, () => true);
      const menu = button.closest("details");
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (event === "note") {
      const { remarked } = button.dataset; // asked where a remark would go unseen
      if (remarked && kept.hasRemark(data.note_id) && !(await dialogs.ask(remarked, { ok }))) return;
      kept.note(data.note_id, openId);
      notebook.changed();
      return report("list"); // which says where there was no room
    }
    if (event === "ask") {
      if (isBusy()) return type(data.question); // to be sent once the answer before is whole
      [asked, taken] = [data.question, false];
    }
    if (turns[event]) return report(turns[event](data));
    trigger(event, data);
    if (event === "close") back();
  };

  const back = () => {
    const button = opener;
    opener = null;
    // The panel goes when the server has answered; the focus moves before it is lost.
    if (button?.isConnected) button.focus();
  };

  // -- questions that are offered, wherever they stand, are asked in the conversation
  let askNow = () => {};
  const put = (question) => {
    document.querySelector("[role=tab]").click();
    if (isBusy()) return box().value || type(question);
    [asked, taken] = [question, false];
    askNow("ask", { question });
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const close = [...document.querySelectorAll(".panel .close")].find((b) => b.offsetParent !== null);
    close?.click();
  });

  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-language], [data-theme]");
    if (!control) return;
    if (control.dataset.language) {
      document.cookie = `wenzheng-language=${control.dataset.language}; path=/; max-age=31536000; samesite=lax`;
    } else {
      localStorage.setItem(THEME, isDark() ? "light" : "dark");
      paint();
    }
  });

  // -- conversations: which one this tab has open, and what the server is to show
  const OPEN = "wenzheng-open";
  const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const isBusy = () => underway !== null;
  let openId = newId();
  let report = () => {}; // tells the server; see `keeping`
  let lastGiven = "[]"; // what was kept last, as the server gave it
  let behind = false; // another tab has changed the open conversation since an answer was kept here

  const open = (id) => {
    openId = id;
    for (const storage of [sessionStorage, localStorage]) {
      try {
        storage.setItem(kept.own(OPEN), id);
      } catch {
        // Full: this tab knows it all the same.
      }
    }
  };

  // The one that was open when the page was loaded before, or in the tab before.
  kept.ready.then(() => {
    const was = sessionStorage.getItem(kept.own(OPEN)) ?? localStorage.getItem(kept.own(OPEN));
    if (was && !kept.isDeleted(was) && !isBusy()) openId = was;
    sessionStorage.setItem(kept.own(OPEN), openId);
  });

  // Presses that the browser answers by itself, and what the server is to show then.
  const turn = (id) => {
    open(id);
    return "show";
  };
  // Of a conversation that is deleted, no answer is waited for any more.
  const leave = () => {
    const was = openId;
    open(newId());
    if (underway !== was) return "show";
    answered();
    return "drop";
  };
  const turns = {
    fresh() {
      box().focus();
      return turn(newId());
    },
    open: ({ conversation_id }) => turn(conversation_id),
    delete({ conversation_id }) {
      kept.remove(conversation_id);
      return conversation_id === openId ? leave() : "list";
    },
    clear: () => turns.delete({ conversation_id: openId }),
    pin({ conversation_id }) {
      kept.pin(conversation_id);
      return "list";
    },
    take_earlier() {
      kept.takeEarlier().then(() => [report("list"), notebook.changed()]);
      return "list";
    },
    forget_earlier() {
      kept.forgetEarlier();
      return "list";
    },
  };

  // -- what is searched for in the list of conversations
  const search = () => document.querySelector("[data-find]")?.value.trim() ?? "";
  let searching;
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.find === undefined) return;
    clearTimeout(searching);
    searching = setTimeout(() => report("list"), 150);
  });

  const follow = () => {
    kept.sweep();
    if (kept.isDeleted(openId)) return report(leave());
    report("list");
    notebook.changed();
    behind = true; // what is shown now may lack an answer that has ended here and is not kept yet
    if (!isBusy()) report("follow");
  };
  let soon; // one answer of another tab writes several keys
  kept.follow(() => {
    clearTimeout(soon);
    soon = setTimeout(follow, 50);
  });

  // -- what is typed outlives a reload: Gradio reloads the page when the server was restarted. A
  // question whose answer is lost that way comes back too.
  const DRAFT = "wenzheng-draft";
  const box = () => document.querySelector("#question textarea");
  let asked = ""; // a question that is not answered yet
  let taken = false; // whether the server has begun to answer it
  let restored = false;
  const draft = () => [asked, box()?.value].filter(Boolean).join("\n");
  const saveDraft = () => {
    if (restored) sessionStorage.setItem(kept.own(DRAFT), draft());
  };
  const type = (text) => {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };
  const restoreDraft = () => {
    if (!box()) return setTimeout(restoreDraft, 50);
    const text = sessionStorage.getItem(kept.own(DRAFT));
    if (text && !box().value && !asked) type(text);
    restored = true;
    saveDraft();
  };
  document.addEventListener("input", (event) => event.target === box() && saveDraft());
  addEventListener("pagehide", saveDraft);

  // Enter waits until the answer is whole, wherever and however its question was asked.
  document.addEventListener(
    "keydown",
    (event) => {
      const sends = event.target === box() && event.key === "Enter" && !event.shiftKey && !event.isComposing;
      if (!sends || (kept.isReady() && !isBusy())) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  // Of an answer that is stopped Gradio says that it has failed, and may say so when the next question
  // is on its way, which is not meant.
  let stoppedMs = 0;
  const isOfStopped = () => Date.now() - stoppedMs < 5000;
  document.addEventListener(
    "click",
    ({ target }) => {
      if (taken && target.closest("#stop")) stoppedMs = Date.now();
    },
    true,
  );

  // What styles ask of the whole page stands at its root. A column that `:has` something is looked
  // through, a long transcript with it, at each piece of an answer.
  const mark = (name, is) => document.documentElement.toggleAttribute(name, is);
  const markEmpty = () => mark("data-empty", log().childElementCount === 0);
  const markScope = () => {
    const scope = document.querySelector("#scope");
    if (!scope) return setTimeout(markScope, 50);
    const look = () => mark("data-scoped", scope.querySelector("#scope-clear") !== null);
    new MutationObserver(look).observe(scope, { childList: true, subtree: true });
    look();
  };

  // What is being answered, and where; without a place, nothing is.
  const answering = (conversation) => {
    underway = conversation;
    mark("data-answering", conversation !== null);
  };
  const answered = () => {
    answering(null);
    if (taken) asked = ""; // else it was stopped before it had begun, and goes back into the box
    saveDraft();
  };

  // -- the transcript: the server sends an exchange when it is new or has changed, and no other
  history.scrollRestoration = "manual"; // a page opens at the last question
  const log = () => document.querySelector(".transcript");

  // Makes an element like another, and leaves alone what is like it already: what has the focus, is
  // selected or was unfolded stays so.
  const become = (was, next) => {
    if (was.isEqualNode(next)) return;
    if (was.nodeType !== Node.ELEMENT_NODE || was.nodeName !== next.nodeName) return was.replaceWith(next);
    for (const { name } of [...was.attributes]) {
      if (!next.hasAttribute(name) && name !== "open") was.removeAttribute(name);
    }
    for (const { name, value } of next.attributes) was.setAttribute(name, value);
    const nodes = [...next.childNodes];
    nodes.forEach((node, at) => (was.childNodes[at] ? become(was.childNodes[at], node) : was.append(node)));
    while (was.childNodes.length > nodes.length) was.lastChild.remove();
  };

  const place = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    const next = template.content.firstElementChild;
    const [id, time] = [next.dataset.exchange, Number(next.dataset.asked)];
    const was = [...log().children].find((one) => one.dataset.exchange === id);
    if (was) return become(was, next);
    log().insertBefore(next, [...log().children].find((one) => Number(one.dataset.asked) > time) ?? null);
  };

  // What is heard: that an answer is looked for, and the whole of it once it is there.
  const tell = (exchange, busy) => {
    const parts = busy ? ".searching" : ".error, .notice, .state, .short, .text";
    const said = [...exchange.querySelectorAll(parts)].map((part) => {
      const copy = part.cloneNode(true);
      for (const button of copy.querySelectorAll("button")) button.remove();
      return copy.textContent.trim();
    });
    document.querySelector("#told").textContent = said.join(" ").replace(/\s+/g, " ");
  };

  // A new question comes into view once, then the reader decides.
  const lead = () => {
    const last = log().lastElementChild;
    const busy = last?.getAttribute("aria-busy") === "true";
    if (busy && following !== last.dataset.exchange) {
      following = last.dataset.exchange;
      leading = true;
      tell(last, true);
    }
    // The page is often too short at first to bring the question to the top: again as it grows.
    if (leading && following === last?.dataset.exchange) {
      last.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
    }
    if (!busy && following !== null) {
      if (last?.dataset.exchange === following) tell(last, false);
      following = null;
      if (document.activeElement === document.body) box().focus();
    }
  };

  return {
    // Called by the components that hold our HTML: reports presses to the server.
    connect(element, trigger) {
      element.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button || !element.contains(button) || button.disabled || button.type === "submit") return;
        press(button, trigger);
      });
      // Enter in one of its fields submits a form, and so does its button.
      element.addEventListener("submit", (event) => {
        event.preventDefault();
        press(event.target.querySelector("[type=submit]"), trigger);
      });
    },

    // What the browser keeps, for the events that need it: see webui/ask/chat.py.
    said: () => kept.part(openId, () => false),
    all: () => kept.part(openId, () => true),
    listing: () => kept.listing(openId, search()),

    // The exchanges that are not shown as they are kept; what is not kept any more goes.
    news() {
      const shown = new Map([...log().children].map((one) => [one.dataset.exchange, one]));
      const part = kept.part(openId, ({ exchange_id: id, changed_ms }) => {
        const isShown = shown.get(id)?.dataset.changed === String(changed_ms);
        shown.delete(id);
        return !isShown;
      });
      for (const [id, one] of shown) if (!kept.exchange(openId, id).exchanges.length) one.remove();
      markEmpty();
      return part;
    },

    // A question is on its way: the box is empty for the next one.
    asked(question, scope) {
      if (question.trim()) {
        [asked, taken] = [question, false];
        answering(openId);
        type("");
      }
      return [this.said(), question, ...scope];
    },

    // It has failed. Where it was not taken, it goes back to where it came from; where it was, it
    // stands in the transcript: Gradio calls it a failure, too, when an answer is stopped.
    giveBack() {
      const text = draft();
      if (taken || !asked || isOfStopped()) return [];
      answering(null);
      asked = "";
      type(text);
      return [];
    },

    // The exchange that is last, as it is kept.
    last() {
      const last = kept.exchange(openId, log().lastElementChild?.dataset.exchange ?? "");
      // What is offered after it stands by itself, and is none of what was asked just before.
      return { ...last, turns: last.turns.slice(-4) };
    },

    // What is offered after an answer stands below that one alone.
    offer() {
      for (const one of document.querySelectorAll(".further")) {
        one.hidden = one.dataset.after !== log().lastElementChild?.dataset.exchange;
      }
    },

    offering(trigger) {
      askNow = trigger;
    },

    // The same for a question that stands where it was: one that is offered, or is being edited.
    notTaken() {
      if (!taken) asked = "";
      return [];
    },

    // Begins to follow other tabs, and to keep what is typed.
    keeping(trigger) {
      report = trigger;
      kept.ready.then(restoreDraft);
      markScope();
      watchToasts();
      const look = () => answers().then(({ status }) => status === 503 && gone(), gone);
      setInterval(() => document.hidden || look(), 5000);
    },

    // Keeps what the server gives; then the list shows it. After an event that gave nothing, as one
    // that was stopped, what was given before comes again, and may have been taken out since.
    keep(given) {
      const all = JSON.stringify(given ?? []);
      const parts = all === lastGiven ? [] : JSON.parse(all);
      lastGiven = all;
      for (const part of parts) kept.add(part);
      open(openId); // a tab that is opened later begins with it
      report("list");
      // It may have been opened again just before it was kept; or its end was not drawn, since of two
      // values that come at once one may be lost. What is kept has ended.
      const isMissing = ({ exchange_id: id }) => {
        const shown = log().querySelector(`[data-exchange="${CSS.escape(id)}"]`);
        return !shown || shown.hasAttribute("aria-busy");
      };
      const missing = parts.some((one) => one.conversation_id === openId && one.exchanges.some(isMissing));
      if (missing && underway === openId) answered();
      if (behind || missing) report("follow");
      behind = false;
      return [];
    },

    // Draws the list of conversations; who is at one of them stays there, wherever it goes.
    list(element, html) {
      const list = element.querySelector(".list");
      const at = list.contains(document.activeElement) ? document.activeElement : null;
      const [id, event] = [at?.closest("li")?.dataset.conversation, at?.dataset.event];
      const next = list.cloneNode(false);
      next.innerHTML = html;
      become(list, next);
      const there = id && list.querySelector(`[data-conversation="${CSS.escape(id)}"] [data-event="${event}"]`);
      if (there) there.focus();
      else if (at && !at.isConnected) element.querySelector(".new").focus();
    },

    save(file) {
      if (file) files.save(file);
      return [];
    },

    // Asks now and then whether the documents are still what is shown; a hidden page does not.
    looking(element, look, trigger) {
      setInterval(async () => {
        const shown = element.querySelector("[data-state]");
        if (!shown || document.hidden) return;
        try {
          if ((await look()) !== shown.dataset.state && shown.isConnected) trigger("changed");
        } catch {
          // The server is away: asked again next time.
        }
      }, 3000);
    },

    // A list has come. Where an import ended while the reader typed, the list for the search before
    // may come last: it is asked for once more.
    listed(element, trigger) {
      const shown = element.querySelector("[data-search]");
      const search = document.querySelector("#search").querySelector("input, textarea").value;
      if (shown && shown.dataset.search !== search) trigger("changed");
    },

    // A panel was shown: bring the quote into view and the focus to its title.
    shown(element) {
      const panel = element.querySelector(".panel");
      if (!panel) return back();
      panel.querySelector("h2").focus({ preventScroll: true });
      panels.fresh(panel);
      panels.drawing(panel);
      panels.toQuote(panel);
    },

    // Draws exchanges, each given in pieces; `anew` in place of all that is shown. `state`: an answer
    // is "growing" or has "ended". Of a conversation that is not open, nothing is shown.
    draw({ conversation, anew, state, exchanges, replaces }) {
      if (state === "ended") {
        taken ||= !anew; // where an answer comes at once, nothing of it was seen to grow
        answered();
      }
      if (state === "growing" && !kept.isDeleted(conversation)) {
        answering(conversation);
        taken = true;
      }
      if (replaces) kept.cut(conversation, replaces); // what followed the question as it was
      if (conversation !== openId) return;
      if (anew) log().replaceChildren();
      if (replaces) {
        const isLater = (asked) => asked > replaces.asked_ms && asked < replaces.changed_ms;
        [...log().children].filter((one) => isLater(Number(one.dataset.asked))).forEach((one) => one.remove());
      }
      exchanges.forEach((pieces) => place(pieces.join("")));
      markEmpty();
      this.offer();
      describe();
      panels.toAnswer(log());
      notebook.mark();
      if (anew) log().lastElementChild?.scrollIntoView({ block: "start" });
      const thanks = judged !== null && log().querySelector(`[data-exchange="${judged}"] .thanks`);
      if (thanks) [judged] = [null, thanks.focus({ preventScroll: true })];
      lead();
    },

    // The list of conversations starts folded on a narrow screen.
    folding(element) {
      element.querySelector("details").open = !matchMedia("(max-width: 1100px)").matches;
    },
  };
})();
