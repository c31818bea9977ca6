// @ts-check
// The page: which line is shown, the call that is played, and what changes while it is open.

class Page {
  /** @param {Data} data */
  constructor(data) {
    this.data = data;
    /** @type {Flow | null} */
    this.flow = null;
    /** @type {Call | null} */
    this.call = null;
    /** @type {Map<string, string>} */
    this.values = new Map();
    this.tab = "flow";
    /** The place that somebody asked to see. @type {[string, number] | null} */
    this.looked = null;
    /** The position whose document is shown. @type {number | null} */
    this.seen = null;
    this.spoken = 0;
    this.phone = new Phone({ take: (answer) => this.take(answer), start: () => this.start(), back: () => this.back() });
    this.aloud = new Aloud(() => this._aloud());
    this._wire();
    this.show(data);
  }

  _wire() {
    byId("flow").addEventListener("change", () => this.choose(inputById("flow").value, null));
    byId("row").addEventListener("change", () => this.choose(inputById("flow").value, inputById("row").value));
    const find = inputById("find");
    find.addEventListener("input", () => {
      const found = findPlaces(find.value);
      write(byId("found"), find.value.trim() ? `${found.length} found` : "");
    });
    find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const box = findPlaces(find.value)[0];
      if (box instanceof SVGElement) box.focus({ preventScroll: true });
    });
    const tabs = ["flow", "twiml"].map((name) => byId(`tab-${name}`));
    for (const [at, name] of ["flow", "twiml"].entries()) {
      tabs[at].addEventListener("click", () => this.turn(name));
      tabs[at].addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        this.turn(name === "flow" ? "twiml" : "flow");
        tabs[1 - at].focus();
      });
    }
    byId("copy-transcript").addEventListener("click", () => this._copy(this.call ? transcriptText(this.call) : "", "copy-transcript"));
    byId("copy-script").addEventListener("click", () => this._copy(this.call ? scriptText(this.call) : "", "copy-script"));
    allow(byId("help"), true);
    byId("help").addEventListener("click", () => dialog("help-dialog").showModal());
    for (const box of document.querySelectorAll("dialog")) {
      box.querySelector(".close")?.addEventListener("click", () => box.close());
    }
    byId("aloud").addEventListener("click", () => {
      if (isOff(byId("aloud"))) return;
      this.aloud.on = !this.aloud.on;
      this.aloud.stop();
      this._aloud();
    });
    window.addEventListener("hashchange", () => this._open());
  }

  /**
   * Other data: the flow stays, and the same answers are played again.
   * @param {Data} data
   */
  show(data) {
    const first = this.flow === null;
    this.data = data;
    const names = [...new Set(data.flows.map(({ flow }) => flow))];
    fill("flow", names);
    const some = (/** @type {string} */ of) => data.findings.some(({ severity }) => severity === of);
    const worst = some("error") ? "errors" : some("warning") ? "warnings" : "clean";
    set(byId("main"), { "data-build": data.build, "data-found": worst });
    writeFindings(data.findings, (place) => this.look(place));
    if (first) this._open();
    else {
      const { call, looked } = this;
      this.choose(this.flow?.flow || "", this.flow?.row ?? null, call?.answers, call !== null && call.stage !== "idle", call?.values);
      this.looked = looked;
      this._source();
    }
  }

  /**
   * @param {string} name
   * @param {string | null} row
   * @param {string[]} [answers] that are played
   * @param {boolean} [begun]
   * @param {Record<string, string>} [values] of the call; without them those of the Caller group
   */
  choose(name, row, answers = [], begun = false, values) {
    const rows = this.data.flows.filter(({ flow }) => flow === name);
    const flow = rows.find((each) => each.row === row) || rows[0] || this.data.flows[0] || null;
    this.flow = flow;
    const mine = this.data.flows.filter((each) => each.flow === flow?.flow);
    fill("row", mine.map((each) => each.row || ""));
    set(byId("row-field"), { hidden: flow === null || flow.row === null ? "" : null });
    inputById("flow").value = flow?.flow || "";
    inputById("row").value = flow?.row || "";
    write(byId("name"), visible(flow?.flow || this.data.title || "Call flows"));
    write(byId("description"), visible(flow?.description || ""));
    this.looked = this.seen = null;
    this.aloud.stop();
    this._caller();
    drawPicture(flow, (box) => this._jump(box));
    if (flow === null) {
      this.call = null;
      byId("words").replaceChildren();
    } else {
      writeWords(flow);
      this.call = new Call(flow, this._called(values));
      if (begun || answers.length) this._play(answers);
      this.spoken = this.call.lines.length;
    }
    this._footer();
    this.draw();
  }

  /**
   * Play answers from the start; where one cannot be, the call stops there and says so.
   * @param {string[]} answers
   */
  _play(answers) {
    if (this.call === null) return;
    if (!answers[0]?.startsWith("@")) this.call.start();
    const fault = this.call.replay(answers);
    if (fault !== null) this.call._say("aside", `== ${visible(fault)}`, fault);
  }

  start() {
    if (this.flow === null) return;
    this.phone.pressed = "";
    this.looked = this.seen = null;
    this.spoken = 0;
    this.aloud.stop();
    this.call = new Call(this.flow, this._called()).start();
    this.draw();
  }

  /** @param {string} answer */
  take(answer) {
    if (this.call === null) return;
    this.looked = this.seen = null;
    const fault = this.call.take(answer);
    if (fault !== null) this.call._say("aside", `== ${visible(fault)}`, fault);
    this.draw();
  }

  back() {
    const { call, flow } = this;
    if (call === null || flow === null || call.answers.length === 0) return;
    const answers = call.answers.slice(0, -1);
    this.call = new Call(flow, call.values);
    if (answers.length || !call.answers[0].startsWith("@")) this._play(answers);
    this.spoken = this.call.lines.length;
    this.draw();
  }

  /** @param {string} box */
  _jump(box) {
    const place = this.flow?.positions.find((each) => each.box === box);
    if (!place || this.call === null) return;
    const number = this.call.boxesOf(place.state).indexOf(box);
    this.take(`@${place.state}${number > 0 ? `:${number + 1}` : ""}`);
  }

  /**
   * @param {[string, number]} place
   * @param {number} [position]
   */
  look(place, position) {
    this.looked = place;
    this.seen = position ?? null;
    if (this.data.sources.length) this.turn("flow");
  }

  /** @param {string} name */
  turn(name) {
    this.tab = name;
    for (const each of ["flow", "twiml"]) {
      const chosen = each === name;
      set(byId(`tab-${each}`), { "aria-selected": String(chosen), tabindex: chosen ? null : -1 });
    }
    set(byId("source"), { "aria-labelledby": `tab-${name}` });
    this._source();
  }

  _source() {
    const { data, call, flow } = this;
    const place = call?.flow.positions[this.seen ?? call.at];
    if (this.tab === "flow") {
      const [file, line] = this.looked || place?.source || ["", 0];
      const text = data.sources.find(({ path }) => path === file)?.text;
      writeSource(text === undefined ? "" : file, text ?? "", line);
    } else {
      const document = place && data.documents[place.documents[0]];
      writeSource(document?.path || "", document?.text || "", place?.lines?.[0] || 0);
    }
    if (flow !== null && !data.sources.length) write(byId("source-path"), "The flow and its TwiML are not in this file.");
  }

  /**
   * The values of a call that begins.
   * @param {Record<string, string>} [values] that are given already
   * @returns {Record<string, string>}
   */
  _called(values = {}) {
    const names = this.flow?.call || [];
    return Object.fromEntries(names.map((name) => [name, own(values, name) ?? this.values.get(name) ?? ""]));
  }

  /** A field for each value of the call that a flow uses; one that is there already stays. */
  _caller() {
    const names = this.flow?.call || [];
    const known = [...byId("caller").querySelectorAll("input")].map(({ name }) => name);
    if (JSON.stringify(names) === JSON.stringify(known)) return;
    const fields = names.map((name) => {
      if (!this.values.has(name)) this.values.set(name, own(NUMBERS, name) ?? "");
      const field = make("input", { name, value: this.values.get(name), autocomplete: "off", spellcheck: "false" });
      field.addEventListener("input", () => this.values.set(name, field.value));
      return make("label", {}, visible(name), " ", field);
    });
    byId("caller").replaceChildren(...fields);
    set(byId("caller"), { hidden: fields.length ? null : "" });
  }

  _footer() {
    const flow = this.flow;
    const digest = make("code", { "data-digest": flow?.digest || "" }, flow?.digest || "");
    const parts = [this.data.tool, ...(flow ? [` · target ${visible(flow.target)} · `, digest] : [])];
    byId("footer").replaceChildren(...parts);
  }

  _aloud() {
    const why = this.aloud.why;
    allow(byId("aloud"), !why);
    set(byId("aloud"), { "aria-checked": String(this.aloud.on && !why) });
    write(byId("aloud-why"), why);
  }

  /** @param {string} text @param {string} id of the button */
  _copy(text, id) {
    if (isOff(byId(id))) return;
    const shown = () => {
      /** @type {HTMLTextAreaElement} */ (byId("copy-text")).value = text;
      dialog("copy-dialog").showModal();
      /** @type {HTMLTextAreaElement} */ (byId("copy-text")).select();
    };
    const done = () => write(byId("copied"), "Copied");
    if (!navigator.clipboard) return shown();
    navigator.clipboard.writeText(text).then(done, shown);
  }

  /** What the address says: a flow, and the answers of a call. */
  _open() {
    const [first, ...rest] = location.hash.slice(1).split("/").map(decoded);
    if (this.call && location.hash === this._address()) return;
    const [name, row] = first.includes("@") ? first.split("@") : [first, null];
    const played = location.hash.includes("/");
    this.choose(name, row, rest.filter((each, at) => each !== "" || at < rest.length - 1), played);
  }

  _address() {
    const { flow, call } = this;
    if (flow === null) return "";
    const name = encodeURIComponent(flow.flow) + (flow.row === null ? "" : `@${encodeURIComponent(flow.row)}`);
    if (call === null || call.stage === "idle") return `#${name}`;
    return `#${[name, ...(call.answers.length ? call.answers.map(encodeURIComponent) : [""])].join("/")}`;
  }

  draw() {
    const { call, flow } = this;
    const place = call?.place;
    set(byId("main"), {
      "data-flow": flow?.flow ?? "", "data-row": flow?.row ?? "", "data-position": call ? call.at : "", "data-state": place?.state ?? "",
      "data-box": place?.box ?? "", "data-call": call?.stage ?? "idle", "data-kind": call?.asks?.kind ?? "",
      "data-subject": call?.asks ? call.text(call.asks.subject) : "",
    });
    write(byId("line-name"), visible(flow?.flow || ""));
    write(byId("line-kind"), flow === null ? "" : place?.on === "leg" ? "the called party" : place?.on === "wait" ? "while waiting" : flow.kind === "messaging" ? "texts" : "the caller");
    this.phone.call = call;
    this.phone.show();
    if (call) {
      writeTranscript(call, this.data.sources.length ? (source, position) => this.look(source, position) : null);
      markPicture(call);
      this.aloud.say(call.lines.slice(this.spoken), this.data.media);
      this.spoken = call.lines.length;
    }
    allow(byId("copy-transcript"), call !== null && call.stage !== "idle");
    const why = call ? whyNoScript(call) : "There is no flow";
    allow(byId("copy-script"), why === "");
    write(byId("copied"), why && call?.jumped ? why : "");
    this._aloud();
    this._source();
    const address = this._address();
    if (address && location.hash !== address) history.replaceState(null, "", address);
  }
}

/** @param {string} id */
const dialog = (id) => /** @type {HTMLDialogElement} */ (byId(id));

/**
 * The choices of a list, where they are others than before.
 * @param {string} id
 * @param {string[]} names
 */
function fill(id, names) {
  const before = [...byId(id).children].map((option) => option.getAttribute("value"));
  if (JSON.stringify(before) === JSON.stringify(names)) return;
  byId(id).replaceChildren(...names.map((name) => make("option", { value: name }, visible(name))));
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const LOST = "The preview is gone. The page works on, and returns by itself.";

/** Follow the server: each build is asked for, and a server that is gone comes back by itself. @param {Page | null} page */
function follow(page) {
  const events = new EventSource("events");
  const refresh = async () => {
    /** @type {Data | null} */
    const data = await fetch("data.json").then((answer) => answer.json()).catch(() => null);
    write(byId("connection"), data === null ? LOST : "");
    if (data === null) setTimeout(refresh, 1000);
    else if (!page) page = new Page(data);
    else if (data.build > page.data.build) page.show(data);
  };
  events.addEventListener("build", (event) => {
    write(byId("connection"), "");
    if (!page || String(page.data.build) !== event.data) refresh();
  });
  events.addEventListener("error", () => write(byId("connection"), LOST));
}

const embedded = document.getElementById("data");
if (embedded) new Page(JSON.parse(embedded.textContent || ""));
else follow(null);
