// Following a pointer over the page: from the press to the release, in ten-thousandths of what is seen.
import type { Point } from "@/host";
import { WHOLE } from "./draft";
import { onPage } from "./places";

type Steps = { move: (point: Point) => void; end?: (point: Point) => void };

/** Where a pointer is on an element. */
export function pointOn(element: Element, event: Pick<PointerEvent, "clientX" | "clientY">): Point {
  const box = element.getBoundingClientRect();
  return onPage({
    x: ((event.clientX - box.left) / Math.max(1, box.width)) * WHOLE,
    y: ((event.clientY - box.top) / Math.max(1, box.height)) * WHOLE,
  });
}

/** Follows the pointer that went down until it is let go, wherever it goes in between. */
export function follow(stage: Element, down: PointerEvent, { move, end }: Steps): void {
  if (down.button !== 0) return;
  const held = down.currentTarget as Element;
  held.setPointerCapture?.(down.pointerId);
  const moved = (event: Event) => move(pointOn(stage, event as PointerEvent));
  const over = (event: Event) => {
    held.removeEventListener("pointermove", moved);
    held.removeEventListener("pointerup", over);
    held.removeEventListener("pointercancel", over);
    end?.(pointOn(stage, event as PointerEvent));
  };
  held.addEventListener("pointermove", moved);
  held.addEventListener("pointerup", over);
  held.addEventListener("pointercancel", over);
}
