// @ts-check
// Speaking aloud: the browser's own voices and the flow's own sounds. Nothing is sent anywhere.

class Aloud {
  /** @param {() => void} changed when voices come */
  constructor(changed) {
    this.on = false;
    this.speech = window.speechSynthesis;
    /** @type {(() => void)[]} */
    this.waiting = [];
    this.playing = false;
    this.speech?.addEventListener?.("voiceschanged", changed);
  }

  get voices() {
    return (this.speech?.getVoices() || []).filter((voice) => voice.localService);
  }

  /** Why it cannot be used; empty if it can. */
  get why() {
    return this.voices.length ? "" : "This browser has no voice of its own.";
  }

  stop() {
    this.waiting = [];
    this.playing = false;
    this.speech?.cancel();
  }

  /**
   * @param {Line[]} lines
   * @param {Data["media"]} media
   */
  say(lines, media) {
    if (!this.on) return;
    for (const line of lines) {
      if (line.event === "say") this.waiting.push(() => this._speak(line));
      const href = line.media === null ? null : media[line.media].href;
      if (href) this.waiting.push(() => this._play(href));
    }
    if (!this.playing) this._next();
  }

  _next() {
    const next = this.waiting.shift();
    this.playing = next !== undefined;
    if (next) next();
  }

  /** @param {Line} line */
  _speak({ value, language }) {
    const spoken = new SpeechSynthesisUtterance(value);
    const short = language.split("-")[0];
    const voices = this.voices;
    spoken.voice =
      voices.find((voice) => voice.lang === language) || voices.find((voice) => voice.lang.startsWith(short)) || voices[0] || null;
    spoken.lang = language;
    spoken.onend = spoken.onerror = () => this.playing && this._next();
    this.speech.speak(spoken);
  }

  /** @param {string} href */
  _play(href) {
    const sound = new Audio(href);
    const next = () => this.playing && this._next();
    sound.onended = sound.onerror = next;
    sound.play().catch(next);
  }
}
