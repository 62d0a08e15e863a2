// Carries what is typed to the program: soon after the last key, at once when a field is left, one after the other so
// that an older verdict never replaces a newer one. Nothing typed is dropped when saving fails.
import { onScopeDispose, readonly, ref, shallowRef } from "vue";
import { explain, host, type Answer, type Explained, type Filled } from "@/host";
import { beforeClosing } from "@/shell/closing";

export const PAUSE_MS = 150;

/** Answers on their way, over the whole window (the mark `data-saving`). */
const onTheWay = ref(0);
export const answering = readonly(onTheWay);

type Send = (applicationId: string, fieldId: string, answer: Answer | null) => Promise<Filled>;

export function useAnswering(applicationId: string, filled: (result: Filled) => void, send: Send = host.setAnswer) {
  const waiting = new Map<string, { answer: Answer | null; timer: ReturnType<typeof setTimeout> | undefined }>();
  /** Why a field could not be saved; it stays until that field was. */
  const unsaved = new Map<string, Explained>();
  const problem = shallowRef<Explained | null>(null);
  let tail: Promise<void> = Promise.resolve();

  /** Something was typed or chosen. */
  function write(fieldId: string, answer: Answer | null): void {
    const before = waiting.get(fieldId);
    if (before) clearTimeout(before.timer);
    else onTheWay.value++;
    waiting.set(fieldId, { answer, timer: setTimeout(() => void flush(fieldId), PAUSE_MS) });
  }

  /**
   * Sends one field and what could not be saved before, or all of them, without waiting any longer; resolves when
   * everything sent so far has arrived.
   */
  function flush(fieldId?: string): Promise<void> {
    for (const id of fieldId === undefined ? [...waiting.keys()] : new Set([fieldId, ...unsaved.keys()])) {
      const entry = waiting.get(id);
      if (!entry) continue;
      clearTimeout(entry.timer);
      waiting.delete(id);
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
        waiting.set(fieldId, { answer, timer: undefined });
      }
    } finally {
      onTheWay.value--;
      problem.value = [...unsaved.values()].at(-1) ?? null;
    }
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
