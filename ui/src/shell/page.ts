// Which page is open, what it is called, and whether its data is there (the mark that tests wait for).
import { nextTick, reactive, readonly, toValue, watchEffect, type MaybeRefOrGetter } from "vue";
import { say, type Text } from "@/shared/language";

type Page = { name: string; ready: boolean; title: Text | null };
const state = reactive<Page>({ name: "", ready: false, title: null });
let opened = 0;

export const page = readonly(state);
const product: Text = { zh: "易办医保", en: "Yiban" };

watchEffect(() => {
  document.title = state.title ? `${say(state.title)} - ${say(product)}` : say(product);
});

/** Called once by each page. `ready()` says that it is drawn; the focus then goes to `focus`, by default the heading. */
export function usePage(name: MaybeRefOrGetter<string>, title: () => Text | null) {
  state.ready = false;
  watchEffect(() => {
    state.name = toValue(name);
    state.title = title();
  });

  async function ready(focus: string | null = null): Promise<void> {
    await nextTick();
    if (state.name !== toValue(name)) return;
    const first = opened++ === 0;
    const target = focus ? document.querySelector<HTMLElement>(focus) : null;
    if (target) show(target);
    else if (!first) show(document.querySelector<HTMLElement>("main h1"));
    state.ready = true;
  }
  return { ready };
}

function show(target: HTMLElement | null): void {
  if (!target) return;
  if (target.tagName === "H1") window.scrollTo(0, 0);
  else target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}
