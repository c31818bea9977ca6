// @ts-check
// The picture of a flow: its boxes and links lead the call there; the present one is marked.

/** All words of each box: in the picture long ones are cut. @type {Map<string, string>} */
const texts = new Map();
let drawn = "";

/**
 * Put the picture of a flow into the page.
 * @param {Flow | null} flow
 * @param {(box: string) => void} jump
 */
function drawPicture(flow, jump) {
  const sheet = byId("picture");
  texts.clear();
  for (const { box, state, events } of flow?.positions || []) {
    if (box === null) continue;
    const heard = events.map(({ value }) => named(value));
    texts.set(box, [texts.get(box) || "", state, ...heard].join(" ").toLowerCase());
  }
  if (drawn === (flow?.picture || "")) return;
  drawn = flow?.picture || "";
  const focused = document.activeElement?.closest("[data-box]")?.getAttribute("data-box");
  sheet.replaceChildren();
  if (flow === null || !drawn) return;
  const read = new DOMParser().parseFromString(flow.picture, "image/svg+xml").documentElement;
  const svg = document.importNode(read, true);
  for (const place of svg.querySelectorAll("[data-box], [data-link]")) {
    const box = place.getAttribute("data-box") || place.getAttribute("data-link") || "";
    const parts = [...place.querySelectorAll("text")].map((text) => text.textContent || "");
    set(place, { role: "link", tabindex: 0, "aria-label": parts.join(" ").trim() || box });
    place.addEventListener("click", () => jump(box));
    place.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Enter") jump(box);
    });
  }
  sheet.append(svg);
  const same = focused && [...svg.querySelectorAll("[data-box]")].find((box) => box.getAttribute("data-box") === focused);
  if (same instanceof SVGElement) same.focus({ preventScroll: true });
}

/**
 * Mark where the call is, and the ways that it went.
 * @param {Call} call
 */
function markPicture(call) {
  const sheet = byId("picture");
  const now = call.stage === "idle" ? null : call.place.box;
  for (const box of sheet.querySelectorAll("[data-box]")) {
    const here = box.getAttribute("data-box") === now;
    if (here && !box.hasAttribute("aria-current")) keepInView(sheet, box);
    set(box, { "aria-current": here ? "true" : null });
  }
  for (const way of sheet.querySelectorAll("[data-way]")) {
    const gone = call.ways.has(`${way.getAttribute("data-from")} ${way.getAttribute("data-to")}`);
    way.classList.toggle("gone", gone);
  }
}

/**
 * Scroll inside the sheet alone.
 * @param {HTMLElement} sheet
 * @param {Element} place
 */
function keepInView(sheet, place) {
  const [view, box] = [sheet.getBoundingClientRect(), place.getBoundingClientRect()];
  const away = (box.top + box.bottom) / 2 - (view.top + view.bottom) / 2;
  if (box.top < view.top + 16 || box.bottom > view.bottom - 16) sheet.scrollTop += away;
  if (box.left < view.left + 8) sheet.scrollLeft += box.left - view.left - 16;
  else if (box.right > view.right - 8) sheet.scrollLeft += Math.min(box.right - view.right + 16, box.left - view.left - 16);
}

/**
 * Mark the boxes that hold some words, and show the first of them.
 * @param {string} words
 * @returns {Element[]}
 */
function findPlaces(words) {
  const sheet = byId("picture");
  const sought = words.trim().toLowerCase();
  const found = [...sheet.querySelectorAll("[data-box]")].filter((box) => {
    const text = `${box.getAttribute("aria-label")} ${texts.get(box.getAttribute("data-box") || "")}`.toLowerCase();
    const match = sought !== "" && text.includes(sought);
    box.classList.toggle("match", match);
    return match;
  });
  if (found[0]) keepInView(sheet, found[0]);
  return found;
}
