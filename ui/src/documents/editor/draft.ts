// An edit while it is being made: every page of the original in its order, with what is asked of it. All functions
// answer a new draft and leave the old one alone, so that undoing is looking at an older one.
import type { Area, Edit, Point, Quad } from "@/host";

/** One page of the original. `out` = left out of the result. */
export type DraftPage = { page: number; out: boolean; crop: Quad | null; hidden: Area[]; turns: number };
export type Draft = DraftPage[];

/** The whole width or height of a page. */
export const WHOLE = 10_000;
/** Smallest side of a hidden part; less is a slip of the hand. */
export const SMALLEST = 150;

const untouched = (page: number): DraftPage => ({ page, out: false, crop: null, hidden: [], turns: 0 });

/** All pages as they came. */
export const original = (pages: number): Draft => Array.from({ length: pages }, (_, page) => untouched(page));

/** What an edit means for a document of so many pages; those that it does not name stand last, left out. */
export function draftOf(edit: Edit, pages: number): Draft {
  if (edit.pages.length === 0) return original(pages);
  const named = edit.pages.filter(({ page }) => page < pages).map((page) => ({ page: page.page, out: false, crop: page.crop, hidden: page.hidden, turns: page.quarterTurns % 4 }));
  const others = original(pages).filter(({ page }) => !named.some((known) => known.page === page));
  return [...named, ...others.map((page) => ({ ...page, out: true }))];
}

/** What is asked for; no pages where that is nothing. */
export function editOf(draft: Draft): Edit {
  const asIs = draft.every(({ page, out, crop, hidden, turns }, at) => page === at && !out && !crop && hidden.length === 0 && turns === 0);
  if (asIs) return { pages: [] };
  const kept = draft.filter(({ out }) => !out);
  return { pages: kept.map(({ page, crop, hidden, turns }) => ({ page, hidden, crop, quarterTurns: turns })) };
}

function change(draft: Draft, at: number, to: (page: DraftPage) => DraftPage): Draft {
  return draft.map((page, index) => (index === at ? to(page) : page));
}

/** Clockwise by quarter turns; to the left is three. */
export const turned = (draft: Draft, at: number, quarters: number): Draft => change(draft, at, (page) => ({ ...page, turns: (page.turns + quarters) % 4 }));
export const cropped = (draft: Draft, at: number, crop: Quad | null): Draft => change(draft, at, (page) => ({ ...page, crop }));
export const leftOut = (draft: Draft, at: number, out: boolean): Draft => change(draft, at, (page) => ({ ...page, out }));
export const kept = (draft: Draft): number => draft.filter(({ out }) => !out).length;

export const withHidden = (draft: Draft, at: number, area: Area): Draft => change(draft, at, (page) => ({ ...page, hidden: [...page.hidden, area] }));
export const hiddenAt = (draft: Draft, at: number, which: number, area: Area): Draft =>
  change(draft, at, (page) => ({ ...page, hidden: page.hidden.map((known, index) => (index === which ? area : known)) }));
export const withoutHidden = (draft: Draft, at: number, which: number): Draft =>
  change(draft, at, (page) => ({ ...page, hidden: page.hidden.filter((_, index) => index !== which) }));

/** Takes a page to another place among the others. */
export function moved(draft: Draft, from: number, to: number): Draft {
  const page = draft[from];
  if (!page || to < 0 || to >= draft.length) return draft;
  const others = draft.filter((_, index) => index !== from);
  return [...others.slice(0, to), page, ...others.slice(to)];
}

/** A corner somewhere else. */
export function withCorner(crop: Quad, corner: number, to: Point): Quad {
  const place = (index: number) => (index === corner ? to : crop[index]!);
  return [place(0), place(1), place(2), place(3)];
}

/** Where corners begin that nobody has proposed: a little inside the edges, so that they can be taken hold of. */
export const firstCrop = (): Quad => [
  { x: 500, y: 500 },
  { x: 9500, y: 500 },
  { x: 9500, y: 9500 },
  { x: 500, y: 9500 },
];
