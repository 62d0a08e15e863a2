// Keeps a person on a page while something typed there is not saved; leaving all the same is a second, spoken choice.
import { nextTick, ref, type Ref } from "vue";
import { onBeforeRouteLeave, onBeforeRouteUpdate, useRouter, type RouteLocationNormalized } from "vue-router";
import type { Explained } from "@/host";

type Unsaved = { flush: () => Promise<void>; problem: Readonly<Ref<Explained | null>> };

/** `show` brings the problem into view and puts the focus on it. */
export function useStaying({ flush, problem }: Unsaved, show: () => void) {
  const router = useRouter();
  /** Where one wanted to go when something could not be saved. */
  const wanted = ref<string | null>(null);
  let anyway = false;

  async function guard(to: RouteLocationNormalized, from: RouteLocationNormalized): Promise<boolean> {
    if (anyway || to.path === from.path) return true;
    await flush();
    if (!problem.value) return true;
    wanted.value = to.fullPath;
    await nextTick();
    show();
    return false;
  }
  onBeforeRouteLeave(guard);
  // The next section is the same kind of page at another address.
  onBeforeRouteUpdate(guard);

  async function leaveAnyway(): Promise<void> {
    if (wanted.value === null) return;
    anyway = true;
    await router.push(wanted.value);
  }

  /** Tries to save once more; goes where one wanted to go where that works. */
  async function again(): Promise<void> {
    await flush();
    if (problem.value) show();
    else if (wanted.value !== null) await leaveAnyway();
  }
  return { wanted, leaveAnyway, again };
}
