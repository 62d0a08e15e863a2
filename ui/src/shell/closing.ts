// Closing the window: the program asks once, and whoever still holds something typed sends it before it is answered.
import { onScopeDispose } from "vue";
import { host, on } from "@/host";

type Flush = () => Promise<unknown>;
const holding = new Set<Flush>();

/** Is called before the window closes, for as long as the surrounding scope lives. */
export function beforeClosing(flush: Flush): void {
  holding.add(flush);
  onScopeDispose(() => holding.delete(flush));
}

/** Everything held, sent; what cannot be sent does not keep the window open. */
export function flushAll(): Promise<unknown> {
  return Promise.allSettled([...holding].map((flush) => flush()));
}

export function followClosing(): void {
  on("closing", () => void flushAll().then(() => host.pageFlushed()).catch(() => undefined));
}
