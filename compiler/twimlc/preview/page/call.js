// @ts-check
// A call: the walk over a flow's positions. It decides nothing but the two rules of the data:
// which answer pressed keys are, and what a text with values of the call is.

/**
 * A line of the transcript. `text` is that of `twimlc call -q`.
 * @typedef {object} Line
 * @property {string} event
 * @property {string} text
 * @property {string} value
 * @property {string} noun
 * @property {Record<string, string>} attributes
 * @property {number} position
 * @property {[string, number] | null} source
 * @property {string} language
 * @property {number | null} media
 * @property {boolean} other on another line than the caller's
 * @property {string} [shown] what an answer is called; `text` has its word
 * @property {boolean} [world] it is not the caller who answers
 */

/** An answer, and whom it is of. @typedef {{asks: Asks, names: string[], answer: string}} Told */

/** @type {Record<string, string>} */
const NUMBERS = { From: "+14155550123", To: "+14155550199" };
/** @type {Record<string, string>} what the caller does, in words */
const DONE = { silence: "Says nothing", hangup: "Hangs up" };
const PRESSED = /^[0-9*#][0-9*#\s-]*$/;
const ALIASES = new Map([
  ["answer", "completed"],
  ["answers", "completed"],
  ["answered", "completed"],
  ["noanswer", "no-answer"],
  ["no answer", "no-answer"],
  ["cancelled", "canceled"],
  ["decline", "declined"],
]);

/**
 * What Twilio makes of pressed keys.
 * @param {Asks} asks
 * @param {string} keys
 */
function digitsOf(asks, keys) {
  const finish = asks.finish ? keys.indexOf(asks.finish) : -1;
  const digits = finish < 0 ? keys : keys.slice(0, finish);
  return asks.most === null ? digits : digits.slice(0, asks.most);
}

/**
 * Keys are sent at once when `most` or `finish` is reached.
 * @param {Asks} asks
 * @param {string} keys
 */
const isWhole = (asks, keys) =>
  (asks.finish !== "" && keys.includes(asks.finish)) || (asks.most !== null && keys.length >= asks.most);

class Call {
  /**
   * @param {Flow} flow
   * @param {Record<string, string>} values of the Caller group
   */
  constructor(flow, values) {
    this.flow = flow;
    this.values = values;
    /** @type {string[]} as `twimlc call` reads them */
    this.answers = [];
    /** @type {Line[]} */
    this.lines = [];
    /** @type {Set<string>} pairs of boxes */
    this.ways = new Set();
    /** @type {"idle" | "asking" | "over"} */
    this.stage = "idle";
    this.at = flow.start;
    /** @type {number | null} the caller's question, while another line is played */
    this.kept = null;
    /** @type {Record<string, string>} */
    this.entered = { Digits: "", SpeechResult: "" };
    /** What a script has to say. @type {Told[]} */
    this.told = [];
    this.jumped = false;
    this.hungUp = false;
  }

  /** @returns {Place} */
  get place() {
    return this.flow.positions[this.at];
  }

  /** The question that is open. @returns {Asks | null} */
  get asks() {
    return this.stage === "asking" ? this.place.asks : null;
  }

  /** The answers in their order. */
  get words() {
    return Object.keys(this.place.next);
  }

  start() {
    this._go(this.flow.start);
    return this;
  }

  /**
   * Play answers again, as far as they can happen.
   * @param {string[]} answers
   * @returns {string | null} why they stop, if they do
   */
  replay(answers) {
    for (const answer of answers) {
      const fault = this.take(answer);
      if (fault !== null) return fault;
    }
    return null;
  }

  /**
   * Give an answer.
   * @param {string} typed
   * @returns {string | null} why it cannot be, if it cannot
   */
  take(typed) {
    const text = typed.trim().replace(/\s+/g, " ");
    if (text.startsWith("@")) return this._jump(text);
    if (text === "back" || (this.stage === "over" && this.kept !== null)) {
      if (this.kept === null) return "the call is on the caller's line already";
      this._back();
      if (text === "back") return this._note(text);
    }
    const asks = this.asks;
    if (asks === null) return this.stage === "idle" ? "the call has not begun" : "the call is over";
    const word = text.toLowerCase();
    if (["h", "hangup", "hang up"].includes(word)) return this._hangUp(asks);
    const line = /^l(?:isten)?(?: (\d{1,2}))?$/.exec(word);
    const other = line && this.place.listen[Number(line[1] || 1) - 1];
    if (line && other) return this._listen(Number(line[1] || 1), other);
    if (asks.kind === "gather") return this._heard(asks, text, word);
    return this._outcome(asks, word);
  }

  /** @param {string} answer */
  _note(answer) {
    this.answers.push(answer);
    return null;
  }

  /**
   * @param {Asks} asks
   * @param {string} text
   * @param {string} word
   */
  _heard(asks, text, word) {
    const silence = word === "" || ["s", "w", "silence", "wait"].includes(word);
    if (!silence && PRESSED.test(word)) {
      if (!asks.keys) return "no keys are listened for here";
      const keys = text.replace(/[\s-]/g, "");
      const digits = digitsOf(asks, keys);
      if (digits) this.entered.Digits = digits;
      const remark = digits ? `Digits=${digits}` : "no digits, which counts as silence";
      const next = digits ? (Object.hasOwn(this.place.next, digits) ? digits : "other") : "silence";
      return this._go_on(asks, keys, next, digits === keys ? "" : remark);
    }
    if (silence) return this._go_on(asks, "silence", "silence");
    const words = word.startsWith("say ") ? text.slice(4) : text.replace(/^(["'])(.*)\1$/, "$2");
    if (!asks.speech) return `'${words}' is not a phone key`;
    this.entered.SpeechResult = words;
    return this._go_on(asks, `say ${words}`, "speech");
  }

  /**
   * @param {Asks} asks
   * @param {string} word
   */
  _outcome(asks, word) {
    const words = this.words;
    const record = asks.kind === "record";
    let found = word === "" ? asks.usual : words.find((each) => each.toLowerCase() === word);
    if (found === undefined && record && ["s", "w", "wait"].includes(word)) found = "silence";
    if (found === undefined && !record && /^\d{1,4}$/.test(word)) found = words[Number(word) - 1];
    if (found === undefined) found = words.find((each) => each === ALIASES.get(word));
    const begun = words.filter((each) => each.startsWith(word));
    if (found === undefined && word.length > 1 && begun.length === 1) found = begun[0];
    if (found === undefined) return `'${word}' cannot happen here: ${words.join(", ")} or hangup`;
    return this._go_on(asks, found, found, "", answerName(asks.kind, found));
  }

  /**
   * @param {Asks} asks
   * @param {string} answer as it is typed
   * @param {string} next
   * @param {string} [remark]
   * @param {string} [shown]
   */
  _go_on(asks, answer, next, remark = "", shown = "") {
    const to = own(this.place.next, next);
    if (to === undefined) return `'${answer}' cannot happen here`;
    this._answered(asks, answer, remark, shown);
    this._go(to);
    return null;
  }

  /**
   * @param {Asks} asks
   * @param {string} answer
   * @param {string} [remark]
   * @param {string} [shown]
   */
  _answered(asks, answer, remark = "", shown = "") {
    this._note(answer);
    if (this.kept === null) {
      const names = (asks.script?.names || []).map((name) => this.text(name));
      this.told.push({ asks, names, answer });
    }
    const spoken = answer.startsWith("say ");
    const value = visible(spoken ? answer.slice(4) : answer);
    const note = remark && `   (${remark})`;
    this._say("answer", `> ${visible(answer)}${note}`, value);
    const line = this.lines[this.lines.length - 1];
    line.shown = spoken ? `“${value}”` : (shown && visible(shown)) || (DONE[answer] ?? value + note);
    line.world = shown !== "" && asks.kind !== "record";
  }

  /** @param {Asks} asks */
  _hangUp(asks) {
    this._answered(asks, "hangup");
    this.stage = "over";
    this.hungUp = this.kept === null;
    return null;
  }

  /**
   * @param {number} number from 1
   * @param {{name: string, position: number}} other
   */
  _listen(number, other) {
    const keep = this.kept ?? this.at;
    this._note(this.place.listen.length > 1 ? `l ${number}` : "l");
    this._say("aside", `== on the other line (${other.name})`, other.name);
    this.kept = keep;
    this._go(other.position, false);
    return null;
  }

  _back() {
    this._say("aside", "== back on the caller's line", "");
    this.at = /** @type {number} */ (this.kept);
    this.kept = null;
    this.stage = "asking";
  }

  /** @param {string} text `@STATE` or `@STATE:2`, a box of the picture */
  _jump(text) {
    const [, state, number] = /^@(.*?)(?::(\d+))?$/.exec(text) || [];
    const boxes = this.boxesOf(state || "");
    const box = boxes[Number(number || 1) - 1];
    const first = this.flow.positions.findIndex((each) => (box ? each.box === box : each.state === state));
    if (first < 0) return `there is no place '${text.slice(1)}'`;
    if (this.stage === "idle") this.at = first;
    this.kept = null;
    this.jumped = true;
    this._note(text);
    this._say("aside", `== jumped to ${visible(state || "")}`, state || "");
    this._go(first, false);
    return null;
  }

  /**
   * The boxes of a state, in the order in which the call comes to them.
   * @param {string} state
   */
  boxesOf(state) {
    const own = this.flow.positions.filter((each) => each.state === state && each.box !== null);
    return [...new Set(own.map((each) => each.box))];
  }

  /**
   * Go to a position, and on from there until something is asked or the line is over.
   * @param {number} to
   * @param {boolean} [linked] there is a way in the picture
   */
  _go(to, linked = true) {
    const been = new Set();
    let before = linked && this.stage !== "idle" ? this.place.box : null;
    for (;;) {
      this.at = to;
      const place = this.place;
      if (before !== null && place.box !== null && before !== place.box) this.ways.add(`${before} ${place.box}`);
      before = place.box;
      if (been.has(to)) {
        const waits = place.on === "wait";
        const why = "the call goes on forever";
        this._say(waits ? "repeats" : "failure", waits ? "repeats" : `failure ${why}`, waits ? "" : why);
        if (!waits) this._say("advice", "nothing in it ever asks the caller anything, so no call would leave it", "");
        this.stage = "over";
        return;
      }
      been.add(to);
      place.events.forEach((event) => this._event(event));
      if (place.asks !== null) {
        this.stage = "asking";
        return;
      }
      const next = place.next[""];
      if (next === undefined) {
        this.stage = "over";
        return;
      }
      to = next;
    }
  }

  /** @param {HeardEvent} event */
  _event(event) {
    const attributes = Object.entries(event.attributes).map(([name, text]) => [name, this.text(text)]);
    this.lines.push({
      event: event.event,
      text: visible(this.text(event.text)),
      value: this.text(event.value),
      noun: event.noun,
      attributes: Object.fromEntries(attributes),
      position: this.at,
      source: event.source,
      language: event.language,
      media: event.media,
      other: this.kept !== null || this.place.on !== "call",
    });
  }

  /**
   * A line that the phone itself has to say.
   * @param {string} event
   * @param {string} text
   * @param {string} value
   */
  _say(event, text, value) {
    const other = this.kept !== null;
    this.lines.push({
      event, text, value, noun: "", attributes: {}, position: this.at, source: null, language: "", media: null, other,
    });
  }

  /**
   * A text with the values of this call.
   * @param {CallText} text
   * @returns {string}
   */
  text(text) {
    if (typeof text === "string") return text;
    return text.map((each) => (typeof each === "string" ? each : this._value(each.call))).join("");
  }

  /** @param {string} name */
  _value(name) {
    return own(this.entered, name) ?? own(this.values, name) ?? "";
  }
}

/** The transcript as `twimlc call -q` prints it. @param {Call} call */
function transcriptText(call) {
  /** @type {Record<string, string>} */
  const indents = { answer: "", aside: "", advice: "    " };
  const lines = call.lines.map(({ event, text }) => (indents[event] ?? "  ") + text);
  return lines.map((line) => `${line}\n`).join("");
}
