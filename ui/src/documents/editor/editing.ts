// Editing one document: its pages as they came, the edit that is being made, and applying it. Steps are local and
// instant; the program applies the whole edit once, to the original, and judges it.
import { computed, onScopeDispose, reactive, ref, shallowRef } from "vue";
import { explain, host, type Changed, type DocumentView, type Explained, type OriginalPage, type Quad } from "@/host";
import { cropped, draftOf, editOf, kept, leftOut, moved, original, type Draft, type DraftPage } from "./draft";
import { useHistory, type History } from "./history";

/** Pixels along the longer side: of the page that is worked on, and of those in the strip. */
const LARGE = 1600;
const SMALL = 240;

export type Picture = Pick<OriginalPage, "picture" | "width" | "height">;

export function useEditing(applicationId: string, document: DocumentView) {
  const history = shallowRef<History<Draft> | null>(null);
  const pages = ref(0);
  const page = ref(0);
  const large = reactive(new Map<number, Picture>());
  const small = reactive(new Map<number, Picture>());
  const proposed = reactive(new Map<number, Quad>());
  const declined = reactive(new Set<number>());
  const problem = shallowRef<Explained | null>(null);
  const asked = new Set<number>();
  let begun = "";
  let over = false;
  onScopeDispose(() => (over = true));

  const ask = (number: number, longEdge: number) => host.renderOriginalPage(applicationId, document.slot, document.index, number, longEdge);

  /** Opens the document; the page that stands first in the result is shown. */
  async function open(): Promise<void> {
    try {
      const first = await ask(0, LARGE);
      const draft = draftOf(first.edit, first.pages);
      begun = JSON.stringify(editOf(draft));
      large.set(0, first);
      pages.value = first.pages;
      history.value = useHistory(draft);
      await show(draft[0]?.page ?? 0);
      if (first.pages > 1) void fillStrip(first.pages);
    } catch (failure) {
      problem.value = explain(failure);
    }
  }

  async function fillStrip(count: number): Promise<void> {
    for (let number = 0; number < count && !over; number += 1) {
      const picture = await ask(number, SMALL).catch(() => null);
      if (picture) small.set(number, picture);
    }
  }

  /** Shows a page of the original. */
  async function show(number: number): Promise<void> {
    page.value = number;
    try {
      if (!large.has(number)) large.set(number, await ask(number, LARGE));
      void propose(number);
    } catch (failure) {
      problem.value = explain(failure);
    }
  }

  /** Looks once for the paper on a page. Nothing found is no problem: the corners can be set by hand. */
  async function propose(number: number): Promise<void> {
    if (asked.has(number)) return;
    asked.add(number);
    const quad = await host.proposeCrop(applicationId, document.slot, document.index, number).catch(() => null);
    if (quad) proposed.set(number, quad);
  }

  const draft = computed<Draft>(() => history.value?.now.value ?? []);
  const at = computed(() => draft.value.findIndex((one) => one.page === page.value));
  const current = computed<DraftPage | undefined>(() => draft.value[at.value]);
  const proposal = computed(() => proposed.get(page.value));
  const step = (next: Draft, kind?: string) => {
    problem.value = null;
    history.value?.step(next, kind);
  };

  /** Applies the edit; nothing comes back where it was refused, and `problem` says why. */
  async function finish(): Promise<Changed | null> {
    problem.value = null;
    try {
      return await host.editDocument(applicationId, document.slot, document.index, editOf(draft.value));
    } catch (failure) {
      problem.value = explain(failure);
      return null;
    }
  }

  return {
    draft,
    at,
    current,
    pages,
    problem,
    /** Where the paper on this page seems to be. */
    proposal,
    /** The same as long as the person has to say what is to be done with it. */
    offered: computed(() => (current.value?.crop || declined.has(page.value) ? undefined : proposal.value)),
    decline: () => declined.add(page.value),
    picture: computed(() => large.get(page.value)),
    thumbnail: (number: number) => small.get(number) ?? large.get(number),
    changed: computed(() => JSON.stringify(editOf(draft.value)) !== begun),
    mayUndo: computed(() => history.value?.mayUndo.value ?? false),
    mayRedo: computed(() => history.value?.mayRedo.value ?? false),
    undo: () => history.value?.undo(),
    redo: () => history.value?.redo(),
    open,
    show,
    step,
    crop: (quad: Quad | null, kind?: string) => step(cropped(draft.value, at.value, quad), kind),
    move: (from: number, to: number, kind?: string) => step(moved(draft.value, from, to), kind),
    /** The last page that is left cannot be left out. */
    leaveOut: (index: number, out: boolean) => {
      if (!out || kept(draft.value) > 1) step(leftOut(draft.value, index, out));
    },
    reset: () => step(original(pages.value)),
    finish,
  };
}

export type Editing = ReturnType<typeof useEditing>;
