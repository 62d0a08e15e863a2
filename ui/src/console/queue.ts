// The queue as far as it was read: page by page, and again as far whenever it is looked at anew.
import { ref, shallowRef } from "vue";
import type { QueueItem } from "@/host/bindings/QueueItem";
import type { QueuePage } from "@/host/bindings/QueuePage";
import type { QueueView } from "@/host/bindings/QueueView";
import type { Text } from "@/shared/language";

export const views: Record<QueueView, Text> = {
  open: { zh: "等我们审核", en: "Waiting for us" },
  waiting: { zh: "等申请人补充", en: "Waiting for the applicant" },
  closed: { zh: "已办结", en: "Closed" },
  all: { zh: "全部", en: "All" },
};

/** What is listed: a view, or what was found by the beginning of a number. */
export type Wanted = { view: QueueView } | { number: string };
type Ask = (wanted: Wanted, after: string | null) => Promise<QueuePage>;

export function useQueue(ask: Ask) {
  const wanted = shallowRef<Wanted>({ view: "open" });
  const items = shallowRef<QueueItem[]>([]);
  const next = ref<string | null>(null);
  const counts = shallowRef({ open: 0, waiting: 0 });
  /** Answers to what was asked before are no longer wanted. */
  let asked = 0;

  async function upTo(least: number, begun: QueueItem[], after: string | null) {
    const mine = ++asked;
    const rows = new Map(begun.map((item) => [item.applicationId, item]));
    let page: QueuePage;
    do {
      page = await ask(wanted.value, after);
      if (mine !== asked) return;
      // What moved between two pages is told once.
      for (const item of page.items) rows.set(item.applicationId, item);
      after = page.next;
    } while (after !== null && rows.size < least);
    items.value = [...rows.values()];
    next.value = after;
    counts.value = { open: page.open, waiting: page.waiting };
  }

  return {
    wanted,
    items,
    next,
    counts,
    /** Reads anew what is shown. */
    read: () => upTo(items.value.length, [], null),
    /** Shows something else, from its beginning; nothing where that cannot be had. */
    async show(what: Wanted) {
      wanted.value = what;
      next.value = null;
      try {
        await upTo(0, [], null);
      } catch (failure) {
        items.value = [];
        throw failure;
      }
    },
    /** The next page behind what is shown. */
    more: () => (next.value === null ? Promise.resolve() : upTo(items.value.length + 1, items.value, next.value)),
  };
}
