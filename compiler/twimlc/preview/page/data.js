// @ts-check
// What the page walks: its types, and small helpers for elements. Text never becomes markup.

/** @typedef {string | (string | {call: string})[]} CallText */
/**
 * @typedef {object} HeardEvent
 * @property {string} event
 * @property {CallText} text
 * @property {CallText} value
 * @property {string} noun
 * @property {Record<string, CallText>} attributes
 * @property {string} language
 * @property {number | null} media
 * @property {[string, number]} source
 */
/**
 * How a call script says an answer: `key` of the call, the `names` that it is for, and by answers
 * what is said of the `first` name and of the `rest`, where it is not the answer itself.
 * @typedef {{key: string, names: CallText[], first: Record<string, unknown>, rest: Record<string, unknown>}} ScriptKey
 */
/**
 * @typedef {object} Asks
 * @property {string} kind
 * @property {CallText} subject
 * @property {string} usual
 * @property {boolean} keys
 * @property {boolean} speech
 * @property {number | null} most
 * @property {string} finish
 * @property {ScriptKey | null} [script]
 */
/**
 * @typedef {object} Place
 * @property {string} state
 * @property {string | null} box
 * @property {[string, number]} source
 * @property {number[]} documents
 * @property {number[]} [lines]
 * @property {"call" | "leg" | "wait"} on
 * @property {HeardEvent[]} events
 * @property {Asks | null} asks
 * @property {Record<string, number>} next
 * @property {{name: string, position: number}[]} listen
 */
/**
 * @typedef {object} Flow
 * @property {string} flow
 * @property {string | null} row
 * @property {string} target
 * @property {string} kind
 * @property {string} description
 * @property {string} language
 * @property {string} digest
 * @property {string[]} call
 * @property {number} start
 * @property {Record<string, number>} states
 * @property {Place[]} positions
 * @property {string} picture
 */
/**
 * @typedef {object} Finding
 * @property {string} rule
 * @property {string} slug
 * @property {string} severity
 * @property {string} message
 * @property {string | null} hint
 * @property {string} file
 * @property {number} line
 * @property {number[]} twilio
 */
/**
 * @typedef {object} Data
 * @property {string} tool
 * @property {number} build
 * @property {string} [title]
 * @property {Flow[]} flows
 * @property {{path: string, text: string}[]} sources
 * @property {{path: string, text: string}[]} documents
 * @property {{name: string, type: string, href: string | null}[]} media
 * @property {Finding[]} findings
 */

/**
 * The element of the page with an id.
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
const inputById = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * A new element: attributes, then texts and elements inside.
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {Record<string, string | number | null | undefined>} [attributes] null: not set
 * @param {...(string | Node)} inside
 * @returns {HTMLElementTagNameMap[N]}
 */
function make(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  set(made, attributes);
  made.append(...inside);
  return made;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | null | undefined>} attributes null: taken away
 */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
  }
}

/**
 * Texts that readers hear are written only when they change.
 * @param {Element} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A button can be used now, or not; it keeps the focus either way.
 * @param {Element} button
 * @param {boolean} usable
 */
function allow(button, usable) {
  set(button, { "aria-disabled": usable ? null : "true" });
}

/** @param {Element} button */
const isOff = (button) => button.getAttribute("aria-disabled") === "true";

/**
 * Characters that turn text around, or that nobody sees, as escapes: what a caller types appears
 * in the transcript as the terminal would show it.
 * @param {string} text
 */
function visible(text) {
  const hidden =
    /[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;
  /** @type {Record<string, string>} */
  const names = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
  return text.replace(hidden, (char) => {
    const code = char.charCodeAt(0);
    if (names[char]) return names[char];
    const digits = code.toString(16);
    return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
}

/**
 * What a record holds under a name of somebody's own, such as `constructor`.
 * @template T
 * @param {Record<string, T>} record
 * @param {string} name
 * @returns {T | undefined}
 */
const own = (record, name) => (Object.hasOwn(record, name) ? record[name] : undefined);

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
