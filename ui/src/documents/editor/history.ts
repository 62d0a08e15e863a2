// What was, what is, and what was undone. Steps of one kind in a row (an arrow key held down) are one step.
import { computed, shallowRef, type ComputedRef } from "vue";

export type History<State> = {
  now: ComputedRef<State>;
  mayUndo: ComputedRef<boolean>;
  mayRedo: ComputedRef<boolean>;
  /** `kind` joins this step to the one before, where that has the same. */
  step: (state: State, kind?: string) => void;
  undo: () => void;
  redo: () => void;
};

export function useHistory<State>(start: State): History<State> {
  const past = shallowRef<State[]>([]);
  const now = shallowRef(start);
  const future = shallowRef<State[]>([]);
  let last: string | undefined;

  function step(state: State, kind?: string): void {
    if (state === now.value) return;
    if (!kind || kind !== last) past.value = [...past.value, now.value];
    now.value = state;
    future.value = [];
    last = kind;
  }

  function undo(): void {
    const before = past.value.at(-1);
    if (before === undefined) return;
    future.value = [now.value, ...future.value];
    past.value = past.value.slice(0, -1);
    now.value = before;
    last = undefined;
  }

  function redo(): void {
    const [after, ...later] = future.value;
    if (after === undefined) return;
    past.value = [...past.value, now.value];
    future.value = later;
    now.value = after;
    last = undefined;
  }

  return {
    now: computed(() => now.value),
    mayUndo: computed(() => past.value.length > 0),
    mayRedo: computed(() => future.value.length > 0),
    step,
    undo,
    redo,
  };
}
