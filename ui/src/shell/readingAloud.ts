// 朗读: the heading, then what follows in order, with a voice of this computer; nothing is sent anywhere. Offered only
// where there is a voice for the window's language. Any key stops it.
import { computed, ref, shallowRef } from "vue";
import { language } from "@/shared/language";

const engine = "speechSynthesis" in window ? window.speechSynthesis : null;
const voices = shallowRef<SpeechSynthesisVoice[]>([]);
const look = () => void (voices.value = engine?.getVoices() ?? []);
look();
engine?.addEventListener?.("voiceschanged", look);

const TONGUES = { zh: /^(zh|cmn)/i, en: /^en/i };
const voice = computed(() => voices.value.find(({ lang, localService }) => localService && TONGUES[language.value].test(lang)));

/** Whether this computer can read the window's language. */
export const canRead = computed(() => voice.value !== undefined);
export const reading = ref(false);

/** A field that holds others, a repeated group, is read piece by piece. */
const FIELD = "[data-field]:not(:has([data-field]))";
const PASSAGES = `main :is(h1, h2, h3, p, li, dt, dd, legend, ${FIELD})`;
const WORDS = ":is(.label, .part, .meta, .finding, .tick > span, dt, dd, h3, p)";

/** What is read, in the order of the page; a field is one passage. */
export function passagesOf(root: ParentNode): { element: Element; text: string }[] {
  const all = [...root.querySelectorAll(PASSAGES)];
  return all
    .filter((element) => !element.parentElement?.closest(`${FIELD}, li, dd`) && !element.closest("[aria-hidden=true], .hidden-text"))
    .map((element) => ({ element, text: element.matches(FIELD) ? fieldText(element) : textOf(element) }))
    .filter(({ text }) => text !== "");
}

const textOf = (element: Element) => (element.textContent ?? "").replace(/\s+/g, " ").trim();

function fieldText(field: Element): string {
  const words = [...field.querySelectorAll(WORDS)].filter((element) => !element.parentElement?.closest(WORDS)).map(textOf);
  const values = [...field.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input:not([type]), input[type=text], select")].map((control) =>
    control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.text ?? "") : control.value,
  );
  return [...words, ...values].filter(Boolean).join("。");
}

/** Which reading it is: what still comes from one that was stopped does not count. */
let turn = 0;

export function stopReading(): void {
  turn++;
  reading.value = false;
  engine?.cancel();
  document.querySelector("[data-read]")?.removeAttribute("data-read");
  document.removeEventListener("keydown", pressed, true);
}

function pressed(event: KeyboardEvent): void {
  // On its own button the press itself stops.
  if (!(event.target as Element | null)?.closest?.("[data-testid=read-aloud]")) stopReading();
}

/** Starts at the heading, or stops. */
export function readAloud(): void {
  if (reading.value) return stopReading();
  reading.value = true;
  document.addEventListener("keydown", pressed, true);
  next(++turn, passagesOf(document));
}

function next(mine: number, [passage, ...rest]: ReturnType<typeof passagesOf>): void {
  if (mine !== turn) return;
  document.querySelector("[data-read]")?.removeAttribute("data-read");
  if (!engine || !passage) return stopReading();
  const utterance = new SpeechSynthesisUtterance(passage.text);
  utterance.voice = voice.value ?? null;
  utterance.lang = voice.value?.lang ?? "";
  utterance.onend = () => next(mine, rest);
  utterance.onerror = () => mine === turn && stopReading();
  passage.element.setAttribute("data-read", "");
  passage.element.scrollIntoView({ block: "nearest" });
  engine.speak(utterance);
}
