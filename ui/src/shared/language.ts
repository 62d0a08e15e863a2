// The window's language and the one way to say a sentence in it.
import { readonly, ref } from "vue";
import type { Text } from "@/host/bindings/Text";

export type { Text };
export type Language = "zh" | "en";

const current = ref<Language>("zh");

export const language = readonly(current);

/** Switches every text on the page at once. */
export function speak(next: Language): void {
  current.value = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
}

/** The sentence in the window's language; follows a switch when used while drawing. */
export function say(text: Text | null | undefined): string {
  if (!text) return "";
  return (current.value === "en" ? text.en : text.zh) || text.zh || text.en;
}
