// What the page does in the browser. Runs before Gradio: see webui/door/shell.py.
"use strict";

// Where it is kept what a reader keeps, as texts under keys: in this browser, or, where readers log
// in, on the server (webui/door/kept.py), for each reader alone. `kept` (kept.js) knows what they are.
const store = (() => {
  const OURS = /^wenzheng-(conversation|deleted|pinned|note)\//;
  const isShared = document.documentElement.dataset.role !== undefined; // who has a role has logged in

  const inBrowser = {
    isShared,
    user: "", // whose it is
    maxChars: 4_500_000, // of the 5,242,880 that browsers give a page
    isReady: true, // whether it is known what is kept
    ready: Promise.resolve(), // once it is
    entries: () => Object.entries(localStorage),
    get: (key) => localStorage.getItem(key),
    set: (key, text) => localStorage.setItem(key, text), // throws where there is no room
    remove: (key) => localStorage.removeItem(key),
    settled: async () => true, // whether all that was set before is kept for good
    // Calls `changed` when another tab has changed something.
    follow({ changed }) {
      addEventListener("storage", ({ key, storageArea }) => {
        if (storageArea === localStorage && (key === null || OURS.test(key))) changed();
      });
    },
  };

  // All of it is read once and then held here; what is changed goes to the server at once. What a
  // page has not sent when it is left, as without a server, the next one in its tab sends.
  const onServer = () => {
    const LOOK_MS = 5000;
    const PORTION_CHARS = 2_000_000; // at a time: a request carries no more than its route takes
    const LAST_WORDS_CHARS = 20_000; // that a browser still sends when the page is left
    const UNSENT = "wenzheng-unsent/";
    const texts = new Map();
    const unsent = new Map(); // key -> text, or null for what is removed
    const others = new BroadcastChannel("wenzheng-kept"); // tabs of this browser
    let revision = 0; // of the server's that is known here
    let told = { changed() {}, refused() {} };
    let line = Promise.resolve(); // one request at a time, or what comes late would look new
    let soon = null;

    const portion = () => {
      const some = new Map();
      let chars = 0;
      for (const [key, text] of unsent) {
        if (some.size && chars > PORTION_CHARS) break;
        some.set(key, text);
        chars += key.length + (text?.length ?? 0);
      }
      return [some, chars];
    };

    // Takes what has changed elsewhere; returns whether anything has.
    const take = ({ keys, entries }) => {
      if (!keys) return false;
      const there = new Set(keys);
      const gone = [...texts.keys()].filter((key) => !there.has(key) && !unsent.has(key));
      const come = Object.entries(entries).filter(([key, text]) => !unsent.has(key) && texts.get(key) !== text);
      gone.forEach((key) => texts.delete(key));
      come.forEach(([key, text]) => texts.set(key, text));
      return gone.length + come.length > 0;
    };

    // Another page has filled it meanwhile: of what was sent, only what was removed counts.
    const refuse = (sent) => {
      for (const [key, text] of sent) {
        if (text === null || unsent.get(key) !== text) continue;
        unsent.delete(key);
        texts.delete(key);
        told.refused(key, text);
      }
      revision = 0;
    };

    const exchange = async () => {
      const [sent, chars] = portion();
      const body = { user: self.user || null, since: revision, changes: Object.fromEntries(sent) };
      const reply = await fetch("./kept", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        keepalive: sent.size > 0 && chars < LAST_WORDS_CHARS,
      });
      if (reply.status === 409) location.reload(); // somebody else has logged in
      if (reply.status === 413) refuse(sent);
      if (!reply.ok) throw new Error(reply.status);
      const news = await reply.json();
      for (const [key, text] of sent) if (unsent.get(key) === text) unsent.delete(key);
      [revision, self.user, self.maxChars] = [news.revision, news.user, news.max_chars];
      if (sent.size) others.postMessage(null);
      if (take(news)) told.changed();
    };
    const all = async () => {
      do await exchange();
      while (unsent.size);
    };

    // Resolves to whether the server has heard all there is to say.
    const tell = () => {
      const done = line.then(all).then(() => true, () => false);
      line = done;
      return done;
    };
    const change = (key, text) => {
      unsent.set(key, text);
      soon ??= setTimeout(() => {
        soon = null;
        tell();
      });
    };

    const begin = async () => {
      while (!(await tell())) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const left = JSON.parse(sessionStorage.getItem(UNSENT + self.user) ?? "[]");
      sessionStorage.removeItem(UNSENT + self.user);
      for (const [key, text] of left) {
        if (text === null) texts.delete(key);
        else texts.set(key, text);
        change(key, text);
      }
      self.isReady = true;
      others.addEventListener("message", tell);
      setInterval(() => (unsent.size || !document.hidden) && tell(), LOOK_MS);
      document.addEventListener("visibilitychange", () => document.hidden || tell());
    };
    addEventListener("pagehide", () => {
      if (unsent.size) sessionStorage.setItem(UNSENT + self.user, JSON.stringify([...unsent]));
    });

    const self = {
      ...inBrowser,
      isReady: false,
      entries: () => [...texts],
      get: (key) => texts.get(key) ?? null,
      set(key, text) {
        const was = texts.get(key);
        let chars = key.length + text.length - (was === undefined ? 0 : key.length + was.length);
        for (const [one, kept] of texts) chars += one.length + kept.length;
        if (chars > self.maxChars) throw new DOMException("", "QuotaExceededError");
        texts.set(key, text);
        change(key, text);
      },
      remove(key) {
        if (texts.delete(key)) change(key, null);
      },
      settled: tell,
      follow: (listener) => (told = listener),
    };
    self.ready = begin();
    return self;
  };

  return isShared ? onServer() : inBrowser;
})();
