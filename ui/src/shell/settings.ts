// Language, size and contrast: set on the page at once, kept by the program.
import { reactive, readonly } from "vue";
import { host, type Settings } from "@/host";
import { speak } from "@/shared/language";

const state = reactive<Settings>({ language: "zh", size: "standard", theme: "light", sizeOffered: false });
export const settings = readonly(state);

/** Set while the vault was not open yet, when nothing could be kept. */
let unsaved: Partial<Settings> = {};

function apply(): void {
  const root = document.documentElement;
  root.dataset.size = state.size;
  root.dataset.theme = state.theme;
  speak(state.language);
}

/** Reads what was set before. On the very first start the computer's own wish for contrast counts. */
export async function loadSettings(): Promise<void> {
  const kept = await host.getSettings();
  if (!kept.sizeOffered && window.matchMedia("(prefers-contrast: more)").matches) kept.theme = "hc";
  Object.assign(state, kept, unsaved);
  apply();
  if (Object.keys(unsaved).length > 0) await change(unsaved);
}

/** Sets something now and keeps it; what cannot be kept yet is kept once the vault is open. */
export async function change(settings: Partial<Settings>): Promise<void> {
  Object.assign(state, settings);
  apply();
  try {
    await host.saveSettings({ ...state });
    unsaved = {};
  } catch {
    unsaved = { ...unsaved, ...settings };
  }
}

const larger = { standard: "elder", elder: "max", max: "standard" } as const;
export const nextSize = () => change({ size: larger[state.size], sizeOffered: true });
export const switchContrast = () => change({ theme: state.theme === "hc" ? "light" : "hc" });
export const switchLanguage = () => change({ language: state.language === "zh" ? "en" : "zh" });
