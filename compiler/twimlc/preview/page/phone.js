// @ts-check
// The phone: what the call waits for in words, and the buttons that answer.

/** @type {Record<string, string>} */
const ANSWERS = {
  completed: "Answered", answered: "Answered", busy: "Busy", "no-answer": "No answer", failed: "Cannot be reached",
  canceled: "Canceled", declined: "Declined", speak: "Leave a message",
};
/** @type {Record<string, string>} */
const LINES = { waitUrl: "while waiting", url: "the called party", referUrl: "who is referred" };

/**
 * The name of an answer's button.
 * @param {string} kind
 * @param {string} answer
 */
function answerName(kind, answer) {
  if (kind === "room" && (answer === "open" || answer === "closed")) return `Room is ${answer}`;
  if (kind === "virtualAgent" && answer === "completed") return "Completed";
  if (kind === "switch" || kind === "hours") return capital(answer);
  return own(ANSWERS, answer) ?? capital(answer);
}

/**
 * What the call waits for.
 * @param {Call} call
 */
function waitingFor(call) {
  if (call.stage === "idle") return call.flow.kind === "messaging" ? "No text has come in" : "Nobody has called yet";
  const asks = call.asks;
  if (asks === null) return call.kept === null ? "The call is over" : "That line is over";
  const who = visible(call.text(asks.subject));
  switch (asks.kind) {
    case "gather": return `Waiting for ${asks.keys ? (asks.speech ? "keys or words" : "keys") : "words"}`;
    case "record": return "Recording a message";
    case "dial": return asks.usual === "answered" ? `In the conference ${who}` : `Ringing ${who}`;
    case "room": return `Is the room ${who} open?`;
    case "enqueue": return `Waiting in the queue ${who}`;
    case "pay": return "Taking a payment";
    case "refer": return `Referring the call to ${who}`;
    case "stream": return `Streaming to ${who}`;
    case "switch": return `Who calls? Which case is ${who}?`;
    case "hours": return `What does the calendar ${who} say?`;
    default: return `Talking with ${who}`;
  }
}

/** What people do at the phone; the page does it. @typedef {object} Hands
 * @property {(answer: string) => void} take
 * @property {() => void} start
 * @property {() => void} back
 */

class Phone {
  /** @param {Hands} hands */
  constructor(hands) {
    this.hands = hands;
    this.pressed = "";
    /** @type {Call | null} */
    this.call = null;
    /** The button that was gone to, not clicked: Enter presses it. @type {EventTarget | null} */
    this.reached = null;
    this._keypad();
    this._buttons();
    this._keyboard();
  }

  _keypad() {
    for (const key of "123456789*0#") {
      const name = key === "*" ? "star" : key === "#" ? "pound" : key;
      const button = make("button", { type: "button", "aria-label": `Press ${name}`, "data-key": key }, key);
      button.addEventListener("click", () => isOff(button) || this.press(key));
      byId("keypad").append(button);
    }
  }

  _buttons() {
    const on = (/** @type {string} */ id, /** @type {() => void} */ act) => {
      const button = byId(id);
      button.addEventListener("click", () => isOff(button) || act());
    };
    on("start", () => this.hands.start());
    on("back", () => this.hands.back());
    on("hangup", () => this.hands.take("hangup"));
    on("send", () => this.send());
    on("nothing", () => this.hands.take("silence"));
    on("speak", () => this._speak());
    inputById("words-field").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !isOff(byId("speak"))) this._speak();
    });
  }

  _speak() {
    const field = inputById("words-field");
    const words = field.value.trim();
    if (!words) return field.focus();
    field.value = "";
    this.hands.take(`say ${words}`);
  }

  /** @param {string} key */
  press(key) {
    const asks = this.call?.asks;
    if (!asks || !asks.keys) return;
    this.pressed += key;
    if (isWhole(asks, this.pressed)) this.send();
    else this.show();
  }

  send() {
    const keys = this.pressed;
    if (!keys) return;
    this.pressed = "";
    this.hands.take(keys);
  }

  _keyboard() {
    const region = byId("phone");
    let clicked = false;
    document.addEventListener("pointerdown", () => ((clicked = true), (this.reached = null)), true);
    for (const over of ["pointerup", "pointercancel", "keydown"]) document.addEventListener(over, () => (clicked = false), true);
    region.addEventListener("focusin", (event) => (this.reached = clicked ? null : event.target));
    byId("start").addEventListener("click", () => (this.reached = null));
    region.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /** @type {Element} */ (event.target).matches("input, textarea")) return;
      if (this._key(event)) event.preventDefault();
    });
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key did something
   */
  _key({ key, target }) {
    const { call, hands } = this;
    if (/^[0-9*#]$/.test(key)) {
      this.reached = null;
      this.press(key);
      return true;
    }
    if (key === "Enter") {
      const usual = call?.asks?.usual;
      if (this.reached === target && /** @type {Element} */ (target).matches("button")) return false;
      if (this.pressed) this.send();
      else if (call?.stage === "idle") hands.start();
      else if (usual !== undefined) hands.take(usual);
      return true;
    }
    if (key === "Backspace") {
      if (this.pressed) {
        this.pressed = this.pressed.slice(0, -1);
        this.show();
      } else if (!isOff(byId("back"))) hands.back();
      return true;
    }
    const id = { s: "nothing", h: "hangup", r: "start", "?": "help" }[key];
    if (id) byId(id).click();
    return id !== undefined;
  }

  show() {
    const call = this.call;
    const asks = call?.asks ?? null;
    if (!asks?.keys) this.pressed = "";
    write(byId("call"), call ? waitingFor(call) : "There is no flow to play");
    write(byId("keys"), this.pressed);
    const listens = asks !== null && ["gather", "record"].includes(asks.kind);
    for (const key of byId("keypad").children) allow(key, asks?.keys === true);
    allow(byId("send"), this.pressed !== "");
    allow(byId("nothing"), listens);
    const speech = asks?.speech === true;
    allow(byId("speak"), speech);
    allow(byId("words-field"), speech);
    set(byId("words-field"), { readonly: speech ? null : "" });
    allow(byId("start"), call !== null);
    write(byId("start"), !call || call.stage === "idle" ? "Start the call" : "Start again");
    allow(byId("back"), call !== null && call.answers.length > 0);
    allow(byId("hangup"), asks !== null);
    this._happens(call, asks);
    this._listens(call, asks);
  }

  /**
   * One button for each thing that can happen, the usual one first.
   * @param {Call | null} call
   * @param {Asks | null} asks
   */
  _happens(call, asks) {
    const words = !call || !asks || asks.kind === "gather" ? [] : Object.keys(call.place.next);
    words.sort((one, other) => Number(other === asks?.usual) - Number(one === asks?.usual));
    const buttons = words.map((answer) => {
      const usual = answer === asks?.usual;
      const name = answerName(asks?.kind || "", answer);
      const button = make("button", { type: "button", "data-answer": answer, class: usual ? "usual" : null }, visible(name));
      if (usual) set(button, { "aria-describedby": "usual-hint" });
      button.addEventListener("click", () => this.hands.take(answer));
      return button;
    });
    exchange(byId("happens"), buttons);
  }

  /**
   * @param {Call | null} call
   * @param {Asks | null} asks
   */
  _listens(call, asks) {
    const others = call && asks ? call.place.listen : [];
    const buttons = others.map(({ name }, at) => {
      const what = own(LINES, name.split(".")[1]) ?? name;
      const button = make("button", { type: "button", "data-listen": name }, `Listen: ${what}`);
      button.addEventListener("click", () => this.hands.take(`l ${at + 1}`));
      return button;
    });
    if (call && call.kept !== null) {
      const button = make("button", { type: "button" }, "Back to the caller");
      button.addEventListener("click", () => this.hands.take("back"));
      buttons.push(button);
    }
    exchange(byId("listen"), buttons);
  }
}

/**
 * Other buttons in a group. Focus on one that goes away goes to what the call waits for.
 * @param {HTMLElement} group
 * @param {HTMLElement[]} buttons
 */
function exchange(group, buttons) {
  const focused = group.contains(document.activeElement);
  group.replaceChildren(...buttons);
  if (focused) byId("call").focus();
}
