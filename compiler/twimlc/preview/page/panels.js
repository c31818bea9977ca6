// @ts-check
// What is beside the phone: transcript, words, source, findings.

/**
 * Lines as they come; those that are there already stay, so that they are announced once.
 * @param {Call} call
 * @param {((place: [string, number], position: number) => void) | null} show
 */
function writeTranscript(call, show) {
  const list = byId("lines");
  const lines = call.lines.filter(({ event }) => event !== "gather");
  let kept = 0;
  while (kept < lines.length && list.children[kept] && isLine(list.children[kept], lines[kept])) kept += 1;
  while (list.children.length > kept) list.lastElementChild?.remove();
  list.append(...lines.slice(kept).map((line) => transcriptLine(line, show)));
  if (kept < lines.length) {
    const log = byId("transcript");
    log.scrollTop = log.scrollHeight;
  }
  byId("transcript").classList.toggle("empty", lines.length === 0);
}

/**
 * @param {Element} item
 * @param {Line} line
 */
const isLine = (item, line) => item.getAttribute("data-same") === sameness(line);

/** Everything that is shown of a line. @param {Line} line */
const sameness = ({ event, text, value, attributes, position, source, shown }) =>
  JSON.stringify([event, text, value, attributes, position, source, shown]);

/**
 * @param {Line} line
 * @param {((place: [string, number], position: number) => void) | null} show null: there is no source
 */
function transcriptLine(line, show) {
  const { event, text, value, noun, attributes, position, source, language } = line;
  const item = make("li", {
    "data-event": event, "data-text": text, "data-value": value, "data-noun": noun,
    "data-attributes": JSON.stringify(attributes), "data-position": position, "data-same": sameness(line),
    class: `${line.other ? "other" : ""} ${line.world ? "world" : ""}`.trim() || null,
  });
  const words = ["say", "message"].includes(event) ? visible(value) : line.shown ?? text.replace(/^== /, "");
  item.append(make("span", { class: "what", lang: language || null }, words));
  if (source && show) {
    const place = make("button", { type: "button", class: "place", title: "Show it in the source" }, `${source[0]}:${source[1]}`);
    place.addEventListener("click", () => show(source, position));
    item.append(place);
  }
  return item;
}

/** The boxes' numbers in reading order. @param {Flow} flow */
function readingOrder(flow) {
  const boxes = [...byId("picture").querySelectorAll("[data-box]")].map((box) => box.getAttribute("data-box"));
  const rank = (/** @type {number} */ at) => {
    const found = boxes.indexOf(flow.positions[at].box);
    return found < 0 ? boxes.length : found;
  };
  return flow.positions.map((_, at) => at).sort((one, other) => rank(one) - rank(other) || one - other);
}

/** A text with the names of the call's values. @param {CallText} text */
const named = (text) =>
  typeof text === "string" ? text : text.map((each) => (typeof each === "string" ? each : `{${each.call}}`)).join("");

/**
 * Everything that is said, each text once, with the places where it is.
 * @param {Flow} flow
 */
function writeWords(flow) {
  /** @type {Map<string, {places: Set<string>, language: string, words: string}>} */
  const rows = new Map();
  for (const at of readingOrder(flow)) {
    const { state, events } = flow.positions[at];
    for (const { event, value, language } of events) {
      if (!["say", "message", "play"].includes(event)) continue;
      const words = event === "play" ? `♪ ${named(value)}` : named(value);
      const key = `${language} ${words}`;
      const row = rows.get(key) || { places: new Set(), language, words };
      rows.set(key, row);
      row.places.add(state);
    }
  }
  const head = make("thead", {}, make("tr", {}, ...["Place", "Language", "Words"].map((each) => make("th", { scope: "col" }, each))));
  const body = make("tbody");
  for (const { places, language, words } of rows.values()) {
    const text = make("td", { lang: language || null }, visible(words));
    body.append(make("tr", {}, make("td", {}, [...places].map(visible).join(", ")), make("td", {}, language), text));
  }
  byId("words").replaceChildren(make("table", {}, head, body));
}

/** The file that is shown, and its text. */
let listed = ["", ""];

/**
 * A text with its lines, one of them current.
 * @param {string} file
 * @param {string} text
 * @param {number} current
 */
function writeSource(file, text, current) {
  const code = byId("source");
  if (listed[0] !== file || listed[1] !== text) {
    listed = [file, text];
    const lines = text.replace(/\n$/, "").split(/\r\n|\n|\r/);
    const made = lines.map((line, at) =>
      make("div", { class: "row", "data-file": file, "data-line": at + 1 }, make("span", { class: "number", "aria-hidden": "true" }, `${at + 1}`), make("span", { class: "text" }, visible(line.replace(/\t/g, "  ")) || " ")),
    );
    code.replaceChildren(...made);
    write(byId("source-path"), visible(file));
  }
  for (const row of code.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
  const row = code.children[current - 1];
  if (!row) return;
  row.setAttribute("aria-current", "true");
  const [view, box] = [code.getBoundingClientRect(), row.getBoundingClientRect()];
  if (box.top < view.top || box.bottom > view.bottom) code.scrollTop += box.top - view.top - view.height / 3;
}

/**
 * @param {Finding[]} findings
 * @param {(place: [string, number]) => void} show
 */
function writeFindings(findings, show) {
  const items = findings.map((finding) => {
    const { rule, slug, severity, message, hint, file, line, twilio } = finding;
    const place = make("a", { href: "#", class: "place" }, visible(`${file}:${line}`));
    place.addEventListener("click", (event) => {
      event.preventDefault();
      show([file, line]);
    });
    const item = make("li", { "data-finding": rule, "data-slug": slug, class: severity });
    item.append(make("strong", {}, severity), " ", visible(message), " ", make("span", { class: "hint" }, `${rule} ${slug}`), " ", place);
    if (hint) item.append(make("p", { class: "hint" }, visible(hint)));
    for (const code of twilio) {
      const href = `https://www.twilio.com/docs/api/errors/${code}`;
      item.append(make("a", { href, rel: "noreferrer" }, `Twilio error ${code}`), " ");
    }
    return item;
  });
  byId("findings").replaceChildren(items.length ? make("ul", {}, ...items) : make("p", { class: "hint" }, "Nothing is wrong."));
}
