// Closing the window: the program asks, and whoever still holds something typed sends it before it is answered. Where
// files are still being prepared, the window stays and the person decides what is to become of them.
import { onScopeDispose, ref } from "vue";
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

/** What the person is asked: how many files would be lost, and whether the window closes when they are ready. */
export function useClosing() {
  const files = ref(0);
  const waiting = ref(false);
  let anyway = false;
  const again = () => void host.closeWindow().catch(() => undefined);

  on("closing", async (closing) => {
    const close = anyway || closing.files === 0;
    files.value = close ? 0 : closing.files;
    const flushed = flushAll();
    // That it stays is said at once: without an answer the window closes after a second.
    if (close) await flushed;
    await host.answerClosing(close).catch(() => undefined);
  });
  on("attaching_progress", ({ stage }) => {
    if (waiting.value && stage === "ended") again();
  });

  return {
    files,
    waiting,
    /** Asks at once, because they may be ready by now. */
    wait: () => {
      waiting.value = true;
      again();
    },
    closeAnyway: () => {
      anyway = true;
      again();
    },
    stay: () => {
      files.value = 0;
      waiting.value = false;
    },
  };
}
