import { describe, expect, it } from "vitest";
import type { QueueItem } from "@/host/bindings/QueueItem";
import type { QueuePage } from "@/host/bindings/QueuePage";
import { useQueue, type Wanted } from "./queue";

const rows = (...ids: number[]) => ids.map((id) => ({ applicationId: String(id) }) as unknown as QueueItem);
const page = (items: QueueItem[], next: string | null): QueuePage => ({ items, next, open: 7, waiting: 2 });

function office(all: number[]) {
  const asked: { wanted: Wanted; after: string | null }[] = [];
  const ask = async (wanted: Wanted, after: string | null) => {
    asked.push({ wanted, after });
    const from = Number(after ?? 0);
    const next = from + 2 < all.length ? String(from + 2) : null;
    return page(rows(...all.slice(from, from + 2)), next);
  };
  return { asked, queue: useQueue(ask) };
}
const ids = (items: QueueItem[]) => items.map(({ applicationId }) => Number(applicationId));

describe("the queue", () => {
  it("is read page by page to its end, and anew as far as it is shown", async () => {
    const { asked, queue } = office([1, 2, 3, 4, 5]);
    await queue.read();
    expect(ids(queue.items.value)).toEqual([1, 2]);
    await queue.more();
    expect(ids(queue.items.value)).toEqual([1, 2, 3, 4]);
    asked.length = 0;
    await queue.read();
    expect(asked.map(({ after }) => after)).toEqual([null, "2"]);
    expect(ids(queue.items.value)).toEqual([1, 2, 3, 4]);
    await queue.more();
    expect(ids(queue.items.value)).toEqual([1, 2, 3, 4, 5]);
    expect(queue.next.value).toBeNull();
    expect(queue.counts.value).toEqual({ open: 7, waiting: 2 });
  });

  it("begins anew with what else is to be shown, and an answer that comes too late counts no more", async () => {
    const waiting: ((page: QueuePage) => void)[] = [];
    const queue = useQueue(() => new Promise((answer) => waiting.push(answer)));
    const first = queue.read();
    const second = queue.show({ number: "20261123" });
    waiting[1]?.(page(rows(9), null));
    await second;
    waiting[0]?.(page(rows(1, 2), "2"));
    await first;
    expect(ids(queue.items.value)).toEqual([9]);
    expect(queue.next.value).toBeNull();
  });

  it("tells a case once that moved between two pages", async () => {
    const pages = [page(rows(1, 2), "2"), page(rows(2, 3), null)];
    const queue = useQueue(async () => pages.shift() ?? page([], null));
    await queue.read();
    await queue.more();
    expect(ids(queue.items.value)).toEqual([1, 2, 3]);
  });
});
