// Putting documents into slots: what is on its way, what was refused, what can be undone. The program does the work.
import { reactive, shallowRef } from "vue";
import { explain, host, on, type ApplicationView, type AttachingProgress, type AttachOutcome, type BindingOffer, type Changed, type Explained, type RefusedFile } from "@/host";

/** What can be taken back until the page is left. `replaced` and the later ones leave another document in the place. */
export type Undo = { undo: string; name: string; what: "removed" | "replaced" | "edited" | "bound" };
export type SlotActivity = { running: AttachingProgress[]; refused: RefusedFile[]; undos: Undo[]; offer: BindingOffer | null };

export function useAttaching(applicationId: string, changed: (view: ApplicationView) => void) {
  const slots = reactive(new Map<string, SlotActivity>());
  const problem = shallowRef<Explained | null>(null);

  function of(slot: string): SlotActivity {
    const known = slots.get(slot);
    if (known) return known;
    slots.set(slot, { running: [], refused: [], undos: [], offer: null });
    return slots.get(slot)!;
  }

  on("attaching_progress", (progress) => {
    if (progress.applicationId !== applicationId) return;
    const activity = of(progress.slot);
    const others = activity.running.filter((task) => task.task !== progress.task);
    activity.running = progress.stage === "ended" ? others : [...others, progress];
  });

  /** Runs one attachment; its refused files stay at the slot until the next try. `name` is what it replaces. */
  async function attach(slot: string, work: () => Promise<AttachOutcome | null>, name = ""): Promise<void> {
    problem.value = null;
    try {
      const outcome = await work();
      if (!outcome) return;
      const activity = of(slot);
      activity.refused = outcome.refused;
      activity.offer = outcome.offer;
      if (outcome.undo) activity.undos.push({ undo: outcome.undo, name, what: "replaced" });
      changed(outcome.application);
    } catch (failure) {
      problem.value = explain(failure);
    }
  }

  async function change(work: () => Promise<ApplicationView>): Promise<void> {
    problem.value = null;
    try {
      changed(await work());
    } catch (failure) {
      problem.value = explain(failure);
    }
  }

  /** A document became another: shown, and offered to be taken back. */
  function became(slot: string, { undo, application }: Changed, name: string, what: Undo["what"]): void {
    if (undo) of(slot).undos.push({ undo, name, what });
    changed(application);
  }

  return {
    problem,
    of,
    became,
    choose: (slot: string) => attach(slot, () => host.chooseDocuments(applicationId, slot, null)),
    replace: (slot: string, index: number, name: string) =>
      attach(slot, () => host.chooseDocuments(applicationId, slot, index), name),
    files: (slot: string, paths: string[]) => attach(slot, () => host.attachFiles(applicationId, slot, null, paths)),
    bytes: (slot: string, name: string, base64: string) =>
      attach(slot, () => host.attachBytes(applicationId, slot, null, name, base64)),
    cancel: (task: string) => void host.cancelAttaching(task).catch(() => undefined),
    rotate: (slot: string, index: number, turns: number) => change(() => host.rotateDocument(applicationId, slot, index, turns)),
    accept: (slot: string, index: number) => change(() => host.acceptDocument(applicationId, slot, index)),
    remove: (slot: string, index: number, name: string) =>
      change(async () => {
        const removed = await host.removeDocument(applicationId, slot, index);
        of(slot).undos.push({ undo: removed.undo, name, what: "removed" });
        return removed.application;
      }),
    move: (slot: string, from: number, to: number) => change(() => host.moveDocument(applicationId, slot, from, to)),
    /** All documents of a slot as one PDF, in their order. */
    bind: async (slot: string, indexes: number[], name: string) => {
      problem.value = null;
      try {
        became(slot, await host.bindDocuments(applicationId, slot, indexes), name, "bound");
      } catch (failure) {
        problem.value = explain(failure);
      }
    },
    takeOffer: (slot: string, offer: string, bind: boolean) => {
      of(slot).offer = null;
      return attach(slot, () => host.takeOffer(applicationId, offer, bind));
    },
    declineOffer: (slot: string) => (of(slot).offer = null),
    restore: (slot: string, undo: string) =>
      change(async () => {
        const view = await host.restoreDocument(applicationId, undo);
        const activity = of(slot);
        activity.undos = activity.undos.filter((known) => known.undo !== undo);
        return view;
      }),
  };
}

export type Attaching = ReturnType<typeof useAttaching>;
