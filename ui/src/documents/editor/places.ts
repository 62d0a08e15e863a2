// Places on a page: as the edit tells them (the upright original, in ten-thousandths) and as they are seen, which is
// turned. Everything that is drawn or dragged is seen; everything that is kept is told.
import type { Area, Point } from "@/host";
import { SMALLEST, WHOLE } from "./draft";

const clamp = (value: number, least = 0, most = WHOLE): number => Math.round(Math.min(most, Math.max(least, value)));
export const onPage = ({ x, y }: Point): Point => ({ x: clamp(x), y: clamp(y) });

/** Where a place of the original is seen after clockwise quarter turns. */
export function seen({ x, y }: Point, turns: number): Point {
  switch (turns % 4) {
    case 1:
      return { x: WHOLE - y, y: x };
    case 2:
      return { x: WHOLE - x, y: WHOLE - y };
    case 3:
      return { x: y, y: WHOLE - x };
    default:
      return { x, y };
  }
}

/** The place of the original that is seen here. */
export const told = (point: Point, turns: number): Point => seen(point, (4 - (turns % 4)) % 4);

/** The part between two opposite corners, whichever they are. */
export function between(one: Point, other: Point): Area {
  const [a, b] = [onPage(one), onPage(other)];
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

const first = ({ left, top }: Area): Point => ({ x: left, y: top });
const last = ({ left, top, width, height }: Area): Point => ({ x: left + width, y: top + height });
export const seenArea = (area: Area, turns: number): Area => between(seen(first(area), turns), seen(last(area), turns));
export const toldArea = (area: Area, turns: number): Area => between(told(first(area), turns), told(last(area), turns));

/** Moved, and never off the page. */
export const shifted = (area: Area, by: Point): Area => ({ ...area, left: clamp(area.left + by.x, 0, WHOLE - area.width), top: clamp(area.top + by.y, 0, WHOLE - area.height) });

/** Made larger or smaller at its lower right corner. */
export const sized = (area: Area, by: Point): Area => ({
  ...area,
  width: clamp(area.width + by.x, SMALLEST, WHOLE - area.left),
  height: clamp(area.height + by.y, SMALLEST, WHOLE - area.top),
});

const STEP = 50;
const LARGE_STEP = 500;
const ARROWS: Record<string, Point> = { ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 } };

/** How far an arrow key goes: half a hundredth of the page, with Shift five; `null` for other keys. */
export function stepOf(event: Pick<KeyboardEvent, "key" | "shiftKey">): Point | null {
  const arrow = ARROWS[event.key];
  if (!arrow) return null;
  const step = event.shiftKey ? LARGE_STEP : STEP;
  return { x: arrow.x * step, y: arrow.y * step };
}

export const added = (one: Point, other: Point): Point => ({ x: one.x + other.x, y: one.y + other.y });
/** For people: `12%`. */
export const percent = (places: number): string => `${Math.round(places / 100)}%`;
