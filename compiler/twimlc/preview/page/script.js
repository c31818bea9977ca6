// @ts-check
// A call that was played, as an item for NAME.test.yaml. Texts are JSON, which YAML reads.

// What scripts do not name.
const UNNAMED = ["answer", "aside", "gather", "sent", "silence", "join", "repeats", "advice"];

/**
 * Why a call is no item; empty if it is one.
 * @param {Call} call
 */
function whyNoScript(call) {
  if (call.stage === "idle") return "Start the call first";
  if (call.jumped) return "A script plays from the start, and this call jumped";
  return "";
}

/**
 * The call as far as it was played; where it goes on, the caller hangs up.
 * @param {Call} call
 * @returns {string}
 */
function scriptText(call) {
  const shown = call.told.map(({ answer }) => answer);
  const lines = [`name: ${JSON.stringify(shown.length ? `Played: ${shown.join(", ")}` : "Played")}`];
  lines.push(`targets: [${JSON.stringify(call.flow.target)}]`);
  if (call.flow.row !== null) lines.push(`row: [${JSON.stringify(call.flow.row)}]`);
  /** @type {Map<string, Map<string, unknown[]>>} */
  const said = new Map();
  const say = (/** @type {string} */ key, /** @type {string} */ name, /** @type {unknown} */ what) => {
    const names = said.get(key) || new Map();
    said.set(key, names);
    names.set(name, [...(names.get(name) || []), what]);
  };
  call.flow.call.forEach((name) => say("params", name, own(call.values, name) ?? ""));
  /** @type {string[]} */
  const caller = [];
  const open = call.question;
  for (const { asks, names, answer } of open ? [...call.told, call.telling(open, "hangup")] : call.told) {
    const script = asks.script;
    if (!script) {
      caller.push(answer.startsWith("say ") ? `{say: ${JSON.stringify(answer.slice(4))}}` : JSON.stringify(answer));
    } else if (script.key === "params") {
      said.get("params")?.delete(names[0]);
      say("params", names[0], own(script.first, answer));
    } else {
      names.forEach((name, at) => say(script.key, name, own(at ? script.rest : script.first, answer) ?? answer));
    }
  }
  const sent = said.get("params");
  said.delete("params");
  for (const [name, key] of [["From", "from"], ["To", "to"]]) {
    if (sent?.has(name)) lines.push(`${key}: ${JSON.stringify(sent.get(name)?.[0])}`);
    sent?.delete(name);
  }
  if (sent?.size) lines.push(`params: {${[...sent].map(([name, [value]]) => `${name}: ${JSON.stringify(value)}`).join(", ")}}`);
  for (const [key, names] of said) {
    const pairs = [...names].map(([name, all]) => [name, JSON.stringify(all.length > 1 ? all : all[0])]);
    if (names.has("")) lines.push(`${key}: ${pairs[0][1]}`);
    else lines.push(`${key}: {${pairs.map(([name, all]) => `${JSON.stringify(name)}: ${all}`).join(", ")}}`);
  }
  if (caller.length) lines.push(`caller: [${caller.join(", ")}]`);
  const heard = call.lines.filter(({ event, other }) => !other && !UNNAMED.includes(event));
  const wanted = [...heard.map(expected), ...(call.hungUp || open ? ["caller-hangup"] : [])];
  lines.push(wanted.length ? "expect:" : "expect: []", ...wanted.map((each) => `  - ${each}`));
  return lines.map((line, at) => `${at ? "  " : "- "}${line}\n`).join("");
}

/** @param {Line} line */
function expected({ event, value, noun }) {
  if (event === "dial") return `dial: ${JSON.stringify(value.split(", "))}`;
  if (noun) return `${event}: ${value ? `{${noun}: ${JSON.stringify(value)}}` : noun}`;
  if (!value) return event;
  return `${event}: ${/^\d+$/.test(value) ? value : JSON.stringify(value)}`;
}
