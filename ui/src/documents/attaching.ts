// Putting documents into slots: what is on its way, what was refused, what can be undone. The program does the work.
import { reactive, shallowRef } from "vue";
import { explain, host, on, type ApplicationView, type AttachingProgress, type AttachOutcome, type BindingOffer, type Changed, type Explained, type RefusedFile } from "@/host";

/** What can be taken back until the page is left. `replaced` and the later ones leave another document in the place. */
export type Undo = { undo: string; name: string; what: "removed" | "replaced" | "edited" | "bound" };
/** `busy`: a document in it is being changed; until that is done, another press changes nothing. */
export type SlotActivity = { running: AttachingProgress[]; refused: RefusedFile[]; undos: Undo[]; offer: BindingOffer | null; busy: boolean };

export function useAttaching(applicationId: string, changed: (view: ApplicationView) => void) {
  const slots = reactive(new Map<string, SlotActivity>());
  const problem = shallowRef<Explained | null>(null);

  function of(slot: string): SlotActivity {
    const known = slots.get(slot);
    if (known) return known;
    slots.set(slot, { running: [], refused: [], undos: [], offer: null, busy: false });
    return slots.get(slot)!;
  }

  on("attaching_progress", (progress) => {
    if (progress.applicationId !== applicationId) return;
    const activity = of(progress.slot);
    const others = activity.running.filter((task) => task.task !== progress.task);
    activity.running = progress.stage === "ended" ? others : [...others, progress];
  });

  /** Runs one attachment; its refused files stay at the slot until the next try. `false` where there was nothing. */
  async function attach(slot: string, work: () => Promise<AttachOutcome | null>): Promise<boolean> {
    problem.value = null;
    try {
      const outcome = await work();
      if (!outcome) return false;
      const activity = of(slot);
      activity.refused = outcome.refused;
      activity.offer = outcome.offer;
      if (outcome.replaced) activity.undos.push({ ...outcome.replaced, what: "replaced" });
      changed(outcome.application);
    } catch (failure) {
      problem.value = explain(failure);
    }
    return true;
  }

  /** One change of a slot at a time: a second press would turn twice, or take the next document with it. */
  async function change(slot: string, work: () => Promise<ApplicationView>): Promise<void> {
    const activity = of(slot);
    if (activity.busy) return;
    activity.busy = true;
    problem.value = null;
    try {
      changed(await work());
    } catch (failure) {
      problem.value = explain(failure);
    } finally {
      activity.busy = false;
    }
  }

  function offerUndo(slot: string, undo: string | null, name: string, what: Undo["what"]): void {
    if (undo) of(slot).undos.push({ undo, name, what });
  }

  /** A document became another: shown, and offered to be taken back. */
  function became(slot: string, { undo, application }: Changed, name: string, what: Undo["what"]): void {
    offerUndo(slot, undo, name, what);
    changed(application);
  }

  return {
    problem,
    of,
    became,
    choose: (slot: string) => attach(slot, () => host.chooseDocuments(applicationId, slot, null)),
    replace: (slot: string, index: number) => attach(slot, () => host.chooseDocuments(applicationId, slot, index)),
    files: (slot: string, paths: string[]) => attach(slot, () => host.attachFiles(applicationId, slot, null, paths)),
    bytes: (slot: string, name: string, base64: string) =>
      attach(slot, () => host.attachBytes(applicationId, slot, null, name, base64)),
    /** What the program sees on the clipboard, where the paste came without it. */
    pasted: (slot: string) => attach(slot, () => host.pasteDocuments(applicationId, slot, null)),
    cancel: (task: string) => void host.cancelAttaching(task).catch(() => undefined),
    rotate: (slot: string, index: number, turns: number) => change(slot, () => host.rotateDocument(applicationId, slot, index, turns)),
    accept: (slot: string, index: number) => change(slot, () => host.acceptDocument(applicationId, slot, index)),
    remove: (slot: string, index: number, name: string) =>
      change(slot, async () => {
        const { undo, application } = await host.removeDocument(applicationId, slot, index);
        offerUndo(slot, undo, name, "removed");
        return application;
      }),
    move: (slot: string, from: number, to: number) => change(slot, () => host.moveDocument(applicationId, slot, from, to)),
    /** All documents of a slot as one PDF, in their order. */
    bind: (slot: string, indexes: number[], name: string) =>
      change(slot, async () => {
        const { undo, application } = await host.bindDocuments(applicationId, slot, indexes);
        offerUndo(slot, undo, name, "bound");
        return application;
      }),
    takeOffer: (slot: string, offer: string, bind: boolean) => {
      of(slot).offer = null;
      return attach(slot, () => host.takeOffer(applicationId, offer, bind));
    },
    declineOffer: (slot: string) => (of(slot).offer = null),
    restore: (slot: string, undo: string) =>
      change(slot, async () => {
        const view = await host.restoreDocument(applicationId, undo);
        const activity = of(slot);
        activity.undos = activity.undos.filter((known) => known.undo !== undo);
        return view;
      }),
  };
}

export type Attaching = ReturnType<typeof useAttaching>;
