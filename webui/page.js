// What the page does in the browser. Runs before Gradio: see webui/shell.py.
"use strict";

const wenzheng = (() => {
  // Gradio's own words (upload area, login) follow the browser; here they follow the page.
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

  // -- dialogs: resolves to what was typed and whether the box was ticked, null when cancelled
  const ask = (message, { value, check } = {}) =>
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
      for (const [result, text] of [["cancel", words.cancel], ["ok", words.ok]]) {
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
    const buttons = { cited: ".sources.cited .source", found: ".why .source-name" }[group];
    stepping = true;
    opener?.closest(".exchange")?.querySelectorAll(buttons)[index]?.click();
    stepping = false;
  };

  const press = async (button, trigger) => {
    const { event, detail, confirm, check, prompt, value, step: place, group } = button.dataset;
    if (button.dataset.copy !== undefined) return copy(button);
    if (place !== undefined) return step(group, Number(place));
    if (!event) return;
    const data = JSON.parse(detail);
    if (confirm !== undefined) {
      const answer = await ask(confirm, { check });
      if (answer === null) return;
      data.checked = answer.checked;
    }
    if (prompt !== undefined) {
      const answer = await ask(prompt, { value });
      if (answer === null) return;
      data.title = answer.typed;
    }
    for (const field of button.closest("form")?.elements ?? []) {
      if (field.name) data[field.name] = field.value;
    }
    if (["evidence", "view", "edit"].includes(event) && !stepping) opener = button;
    if (event === "judge") judged = data.exchange;
    trigger(event, data);
    if (["rename", "delete", "clear"].includes(event)) localStorage.setItem(CHANGED, String(Date.now()));
    if (event === "close") back();
  };

  const back = () => {
    const button = opener;
    opener = null;
    // The panel goes when the server has answered; the focus moves before it is lost.
    if (button?.isConnected) button.focus();
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

  // -- another tab has changed the conversations: this one reads them again when it is looked at
  const CHANGED = "wenzheng-changed";
  let stale = false;
  addEventListener("storage", (event) => {
    if (event.key === CHANGED) stale = true;
  });
  const readAgain = () => {
    const writing = document.querySelector("#question textarea")?.value;
    if (stale && !writing && !document.querySelector("[aria-busy=true]")) location.reload();
  };
  addEventListener("focus", readAgain);
  document.addEventListener("visibilitychange", readAgain);

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

    // A panel was shown: bring the quote into view and the focus to its title.
    shown(element) {
      const panel = element.querySelector(".panel");
      if (!panel) return back();
      panel.querySelector("h2").focus({ preventScroll: true });
      const quote = panel.querySelector("mark");
      const body = panel.querySelector(".panel-body");
      body.scrollTop = quote ? quote.offsetTop - Math.max(16, (body.clientHeight - quote.offsetHeight) / 2) : 0;
    },

    // The transcript has changed: a new question comes into view once, then the reader decides.
    grown(element) {
      const thanks = judged !== null && element.querySelector(`[data-exchange="${judged}"] .thanks`);
      if (thanks) {
        judged = null;
        thanks.focus({ preventScroll: true });
      }
      const last = element.querySelector(".exchange:last-child");
      if (!last) return;
      const busy = last.getAttribute("aria-busy") === "true";
      if (busy && following !== last.dataset.exchange) {
        following = last.dataset.exchange;
        leading = true;
      }
      // The page is often too short at first to bring the question to the top: again as it grows.
      if (leading && following === last.dataset.exchange) {
        last.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
      }
      if (!busy && following !== null) {
        following = null;
        localStorage.setItem(CHANGED, String(Date.now()));
        if (document.activeElement === document.body) document.querySelector("#question textarea").focus();
      }
    },

    // The list of conversations starts folded on a narrow screen, and stays as the reader left it
    // when its content changes.
    folding(element, watch) {
      let open = !matchMedia("(max-width: 1100px)").matches;
      const apply = () => (element.querySelector("details").open = open);
      element.addEventListener("click", (event) => {
        if (event.target.closest("summary")) open = !element.querySelector("details").open;
      });
      watch("value", apply);
      apply();
    },
  };
})();
