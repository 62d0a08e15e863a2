// Which slot a dropped or pasted file is meant for. A slot that takes files carries `data-slot`.

type Spot = { closest(selector: string): Element | null } | null;
const SLOT = "[data-slot]";
const idOf = (element: Element | null | undefined): string | null => element?.getAttribute("data-slot") ?? null;

const there = (x: number, y: number): Spot => document.elementFromPoint(x * window.innerWidth, y * window.innerHeight);

/** The slot under a point of the window, told in parts of its width and height. */
export function slotAt(x: number, y: number, look: (x: number, y: number) => Spot = there): string | null {
  return idOf(look(x, y)?.closest(SLOT));
}

/**
 * For a paste: the slot with the focus, else the one under the pointer, else the next one that still misses something.
 * A click leaves the focus behind in a slot that is full by then: only a person who came by keyboard means that one,
 * or who sees nothing missing.
 */
export function slotForPaste(missing: string[], full: string[], root: Document = document): string | null {
  const focused = idOf(root.activeElement?.closest(SLOT));
  if (focused && (!full.includes(focused) || root.activeElement!.matches(":focus-visible"))) return focused;
  const hovered = idOf([...root.querySelectorAll(`${SLOT}:hover`)].at(-1));
  return hovered ?? missing[0] ?? focused;
}
