// Carries what is typed to the program: at once, and while one answer is on its way only the newest of each field
// waits, so that an older verdict never replaces a newer one and a slow disk is not asked for every letter. Nothing
// typed is dropped when saving fails.
import { onScopeDispose, readonly, ref, shallowRef } from "vue";
import { explain, host, type Answer, type Explained, type Filled } from "@/host";
import { beforeClosing } from "@/shell/closing";

/** Answers on their way, over the whole window (the mark `data-saving`). */
const onTheWay = ref(0);
export const answering = readonly(onTheWay);

type Send = (applicationId: string, fieldId: string, answer: Answer | null) => Promise<Filled>;

export function useAnswering(applicationId: string, filled: (result: Filled) => void, send: Send = host.setAnswer) {
  const waiting = new Map<string, { answer: Answer | null; failed: boolean }>();
  /** Why a field could not be saved; it stays until that field was. */
  const unsaved = new Map<string, Explained>();
  const problem = shallowRef<Explained | null>(null);
  let tail: Promise<void> = Promise.resolve();
  /** Answers given to the program that it has not acknowledged yet. */
  let running = 0;

  /** Something was typed or chosen. */
  function write(fieldId: string, answer: Answer | null): void {
    if (!waiting.has(fieldId)) onTheWay.value++;
    waiting.set(fieldId, { answer, failed: false });
    if (running === 0) void flush(fieldId);
  }

  /**
   * Sends one field and what could not be saved before, or all of them; resolves when
   * everything sent so far has arrived.
   */
  function flush(fieldId?: string): Promise<void> {
    for (const id of fieldId === undefined ? [...waiting.keys()] : new Set([fieldId, ...unsaved.keys()])) {
      const entry = waiting.get(id);
      if (!entry) continue;
      waiting.delete(id);
      running++;
      tail = tail.then(() => deliver(id, entry.answer));
    }
    return tail;
  }

  async function deliver(fieldId: string, answer: Answer | null): Promise<void> {
    try {
      filled(await send(applicationId, fieldId, answer));
      unsaved.delete(fieldId);
    } catch (failure) {
      unsaved.set(fieldId, explain(failure));
      // Kept for the next flush, unless something newer was typed meanwhile.
      if (!waiting.has(fieldId)) {
        onTheWay.value++;
        waiting.set(fieldId, { answer, failed: true });
      }
    } finally {
      onTheWay.value--;
      running--;
      problem.value = [...unsaved.values()].at(-1) ?? null;
      if (running === 0) goOn();
    }
  }

  /** What was typed meanwhile. What could not be saved waits for the next flush. */
  function goOn(): void {
    for (const [id, { failed }] of [...waiting]) if (!failed) void flush(id);
  }

  const leaving = () => void flush();
  window.addEventListener("pagehide", leaving);
  beforeClosing(() => flush());
  onScopeDispose(() => {
    window.removeEventListener("pagehide", leaving);
    const lost = flush();
    // Whatever still cannot be saved after the page is gone no longer holds the window's mark.
    void lost.then(() => {
      onTheWay.value -= waiting.size;
      waiting.clear();
    });
  });

  return { write, flush, problem: readonly(problem) };
}
