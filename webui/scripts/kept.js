// The conversations in the store, each exchange under a key of its own: a tab writes its own
// exchanges and never what another tab may be writing, so nothing has to be locked or merged. Titles
// and exchanges are sealed by the server (webui/conversations.py); ids and times are not.
//
//   wenzheng-conversation/ID             {"title": sealed, "named_ms"}
//   wenzheng-conversation/ID/EXCHANGE    {"asked_ms", "changed_ms", "sealed", "turn": sealed}
//   wenzheng-deleted/ID                  when; whatever a tab still writes of it does not count
//   wenzheng-pinned/ID                   when
//   wenzheng-note/EXCHANGE.ANSWER        {"kept_ms", "sealed", "remark": sealed}: an answer in the notebook
const kept = (() => {
  const CONVERSATION = "wenzheng-conversation/";
  const DELETED = "wenzheng-deleted/";
  const PINNED = "wenzheng-pinned/";
  const NOTE = "wenzheng-note/";
  const OURS = [CONVERSATION, DELETED, PINNED, NOTE];
  const REMEMBERED_MS = 30 * 24 * 3600 * 1000; // no tab that long ago is still writing
  const TURNS = 12; // no question refers back farther: see rag/understanding/followups.py

  const unkept = new Map(); // what had no room is known as long as the page is there
  let dropped = 0; // conversations that had to go for want of room
  let full = false; // whether something could not be kept at all

  const isDeleted = (id) => store.get(DELETED + id) !== null;
  const keys = (start) => store.entries().map(([key]) => key).filter((key) => key.startsWith(start));
  const keysOf = (id) => keys(CONVERSATION + id).filter((key) => key.slice(CONVERSATION.length).split("/")[0] === id);
  const get = (key) => {
    try {
      return JSON.parse(store.get(key));
    } catch {
      return null; // not ours
    }
  };
  const removeAll = (some) => some.forEach(store.remove);

  // What is not what we write, as after an accident, is passed over: the rest is there all the same.
  const isText = (value) => typeof value === "string";
  const isHead = (value) => isText(value?.title) && Number.isFinite(value.named_ms);
  const isExchange = (value) => isText(value?.sealed) && [value.asked_ms, value.changed_ms].every(Number.isFinite);
  const isNote = (value) => isText(value?.sealed) && Number.isFinite(value.kept_ms);
  const getNote = (id) => [get(NOTE + id)].find(isNote) ?? null;

  const isPinned = (id) => store.get(PINNED + id) !== null;

  // Conversations that have an exchange, the newest first: all, or one.
  const all = (only) => {
    const found = new Map();
    for (const key of only ? keysOf(only) : keys(CONVERSATION)) {
      const [id, exchange] = key.slice(CONVERSATION.length).split("/");
      const value = isDeleted(id) ? null : get(key);
      if (!(exchange ? isExchange(value) : isHead(value))) continue;
      if (!found.has(id)) found.set(id, { conversation_id: id, title: "", named_ms: 0, exchanges: [] });
      if (exchange) found.get(id).exchanges.push({ exchange_id: exchange, ...value });
      else Object.assign(found.get(id), value);
    }
    const changed = ({ exchanges }) => Math.max(...exchanges.map((one) => one.changed_ms));
    const some = [...found.values()].filter(({ exchanges }) => exchanges.length);
    for (const { exchanges } of some) {
      exchanges.sort((a, b) => a.asked_ms - b.asked_ms || (a.exchange_id < b.exchange_id ? -1 : 1));
    }
    for (const one of some) one.changed_ms = changed(one);
    return some.sort((a, b) => b.changed_ms - a.changed_ms);
  };

  // When it was, as the list is divided by the reader's own clock: a day of late, or else a month.
  const group = (ms) => {
    if (ms < 1e11) return "earlier"; // no time, of the list that was kept whole
    const day = (time) => Math.round(new Date(time).setHours(12, 0, 0, 0) / 86_400_000);
    const days = day(Date.now()) - day(ms);
    const date = new Date(ms);
    if (days < 7) return days <= 0 ? "today" : days === 1 ? "yesterday" : "week";
    return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}`;
  };

  // Drops the oldest conversation but one, those that are pinned last; false when there is none.
  const dropOldest = (id) => {
    const others = all().filter((one) => one.conversation_id !== id);
    const oldest = others.findLast((one) => !isPinned(one.conversation_id)) ?? others.at(-1);
    if (!oldest) return false;
    removeAll(keysOf(oldest.conversation_id));
    dropped += 1;
    return true;
  };

  // Returns whether there was room for it.
  const put = (key, value, id) => {
    do {
      try {
        store.set(key, JSON.stringify(value));
        return true;
      } catch {
        // Full.
      }
    } while (dropOldest(id));
    unkept.set(key, value);
    full = true;
    return false;
  };

  const size = () => store.entries().reduce((sum, [key, text]) => sum + key.length + text.length, 0);

  // What this browser keeps from before its reader logged in: it is not in the store.
  const earlier = () => {
    const all = store.isShared ? Object.entries(localStorage) : [];
    return all.filter(([key]) => OURS.some((start) => key.startsWith(start)));
  };

  return {
    isDeleted,
    ready: store.ready,
    isReady: () => store.isReady,

    // A name for what a tab remembers by itself: of each reader who logs in, something else.
    own: (name) => (store.user ? `${name}/${store.user}` : name),

    // Calls `changed` when another tab has changed what is kept, or something is kept no more.
    follow(changed) {
      const refused = (key, text) => {
        unkept.set(key, JSON.parse(text));
        full = true;
      };
      store.follow({ changed, refused });
    },

    // What the server is told of a conversation: the exchanges that are meant, and what was said
    // before the first of them, or before the next where none is.
    part(id, isMeant) {
      const [{ exchanges, changed_ms: _, ...head }] = [...all(id), { conversation_id: id, title: "", named_ms: 0, exchanges: [] }];
      const meant = exchanges.filter(isMeant);
      const before = meant.length ? exchanges.slice(0, exchanges.indexOf(meant[0])) : exchanges;
      const turns = before.map(({ turn, sealed }) => turn ?? sealed).filter(Boolean);
      return { ...head, exchanges: meant.map(({ sealed }) => ({ sealed })), turns: turns.slice(-TURNS) };
    },

    // One exchange, also where there was no room for it.
    exchange(id, exchange) {
      const part = this.part(id, (one) => one.exchange_id === exchange);
      const there = unkept.get(`${CONVERSATION}${id}/${exchange}`);
      return there && !part.exchanges.length ? { ...part, exchanges: [{ sealed: there.sealed }] } : part;
    },

    // What the list shows, those that are pinned first; what had no room is said once. To be searched
    // for, what was asked goes along.
    listing(id, search) {
      const conversations = all().map(({ conversation_id, title, changed_ms, exchanges }) => ({
        conversation_id,
        title,
        group: isPinned(conversation_id) ? "pinned" : group(changed_ms),
        turns: search ? exchanges.map(({ turn, sealed }) => turn || sealed) : [],
      }));
      conversations.sort((a, b) => (b.group === "pinned") - (a.group === "pinned"));
      const { length } = earlier().filter(([key]) => /^wenzheng-(conversation|note)\/[^/]+$/.test(key));
      const listing = { conversations, open_id: id, search, dropped, full, earlier: length };
      [dropped, full] = [0, false];
      return listing;
    },

    // Keeps a part of a conversation: some of its exchanges, its title if that is newer.
    add({ conversation_id: id, title, named_ms, exchanges }) {
      if (isDeleted(id)) return;
      const head = get(CONVERSATION + id);
      if (!head || named_ms > head.named_ms) put(CONVERSATION + id, { title, named_ms }, id);
      for (const { exchange_id, ...exchange } of exchanges) {
        const key = `${CONVERSATION}${id}/${exchange_id}`;
        if (!(get(key)?.changed_ms > exchange.changed_ms)) put(key, exchange, id);
      }
      while (size() > store.maxChars && dropOldest(id));
    },

    remove(id) {
      for (const key of keys(DELETED)) {
        if (!(Date.now() - get(key) <= REMEMBERED_MS)) store.remove(key);
      }
      removeAll([...keysOf(id), PINNED + id]); // first: it makes the room for the next line
      put(DELETED + id, Date.now(), id);
    },

    pin(id) {
      if (isPinned(id)) store.remove(PINNED + id);
      else put(PINNED + id, Date.now(), id);
    },

    // Takes out what was asked after an exchange that is answered anew, up to that moment.
    cut(id, { asked_ms, changed_ms }) {
      const [{ exchanges }] = [...all(id), { exchanges: [] }];
      const later = exchanges.filter((one) => one.asked_ms > asked_ms && one.asked_ms < changed_ms);
      removeAll(later.map((one) => `${CONVERSATION}${id}/${one.exchange_id}`));
    },

    // -- the notebook: an answer is kept in it as it is now, whatever becomes of its conversation
    notes: () =>
      keys(NOTE)
        .map((key) => ({ note_id: key.slice(NOTE.length), ...getNote(key.slice(NOTE.length)) }))
        .filter(isNote)
        .sort((a, b) => b.kept_ms - a.kept_ms),
    isNoted: (id) => getNote(id) !== null,
    hasRemark: (id) => Boolean(getNote(id)?.remark),
    note(id, conversation) {
      if (this.isNoted(id)) return store.remove(NOTE + id);
      const [exchange] = this.exchange(conversation, id.split(".")[0]).exchanges;
      if (exchange) put(NOTE + id, { kept_ms: Date.now(), sealed: exchange.sealed, remark: "" }, conversation);
    },
    noted(id) {
      const note = getNote(id);
      const exchanges = note ? [{ sealed: note.sealed }] : [];
      return { conversation_id: "", title: "", named_ms: 0, exchanges, turns: [] };
    },
    // Resolves to whether it is kept for good.
    async remark({ note_id: id, remark }) {
      const note = getNote(id);
      return note !== null && put(NOTE + id, { ...note, remark }, null) && (await store.settled());
    },

    // -- what this browser keeps from before its reader logged in: taken into the store, or deleted
    async takeEarlier() {
      for (const [key, text] of earlier()) {
        if (key.startsWith(DELETED) || isDeleted(key.split("/")[1]) || store.get(key) !== null) continue;
        if (!put(key, JSON.parse(text), key.split("/")[1])) return;
      }
      if (await store.settled()) this.forgetEarlier();
    },
    forgetEarlier: () => earlier().forEach(([key]) => localStorage.removeItem(key)),

    // What a tab wrote before it learnt that another had deleted it.
    sweep: () => removeAll(keys(CONVERSATION).filter((key) => isDeleted(key.slice(CONVERSATION.length).split("/")[0]))),
  };
})();
