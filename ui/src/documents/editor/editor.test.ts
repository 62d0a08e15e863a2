import { describe, expect, it } from "vitest";
import type { Edit } from "@/host";
import { cropped, draftOf, editOf, firstCrop, kept, leftOut, moved, original, turned, withCorner, withHidden, withoutHidden } from "./draft";
import { useHistory } from "./history";
import { seen, seenArea, shifted, sized, stepOf, told, toldArea } from "./places";

const area = { left: 1000, top: 2000, width: 3000, height: 500 };

describe("an edit while it is made", () => {
  it("is no edit where nothing is asked for", () => {
    expect(editOf(original(3))).toEqual({ pages: [] });
    const turnedAround = [0, 1, 2, 3].reduce((draft) => turned(draft, 1, 1), original(3));
    expect(editOf(turnedAround)).toEqual({ pages: [] });
    expect(editOf(withoutHidden(withHidden(original(1), 0, area), 0, 0))).toEqual({ pages: [] });
  });

  it("names the pages in their order, and what is asked of each", () => {
    const draft = leftOut(moved(turned(original(3), 2, 3), 2, 0), 1, true);
    expect(editOf(draft)).toEqual({
      pages: [
        { page: 2, hidden: [], crop: null, quarterTurns: 3 },
        { page: 1, hidden: [], crop: null, quarterTurns: 0 },
      ],
    });
  });

  it("is read back as it was, with the pages that were left out", () => {
    const edit: Edit = { pages: [{ page: 2, hidden: [area], crop: firstCrop(), quarterTurns: 1 }] };
    const draft = draftOf(edit, 3);
    expect(draft.map(({ page, out }) => [page, out])).toEqual([[2, false], [0, true], [1, true]]);
    expect(kept(draft)).toBe(1);
    expect(editOf(draft)).toEqual(edit);
  });

  it("moves pages and never off the ends", () => {
    const pages = (from: number, to: number) => moved(original(3), from, to).map(({ page }) => page);
    expect(pages(0, 2)).toEqual([1, 2, 0]);
    expect(pages(0, 3)).toEqual([0, 1, 2]);
    expect(pages(0, -1)).toEqual([0, 1, 2]);
  });

  it("moves one corner and leaves the others", () => {
    const quad = withCorner(firstCrop(), 2, { x: 9000, y: 8000 });
    expect(quad).toEqual([{ x: 500, y: 500 }, { x: 9500, y: 500 }, { x: 9000, y: 8000 }, { x: 500, y: 9500 }]);
    expect(editOf(cropped(original(1), 0, quad)).pages[0]!.crop).toEqual(quad);
  });
});

describe("a place on a turned page", () => {
  it("is found again from where it is seen", () => {
    const point = { x: 1200, y: 800 };
    for (const turns of [0, 1, 2, 3]) {
      expect(told(seen(point, turns), turns)).toEqual(point);
      expect(toldArea(seenArea(area, turns), turns)).toEqual(area);
    }
    expect(seen({ x: 0, y: 0 }, 1)).toEqual({ x: 10_000, y: 0 });
  });

  it("stays on the page whatever the arrow keys do", () => {
    expect(shifted(area, { x: -5000, y: 9000 })).toEqual({ ...area, left: 0, top: 9500 });
    expect(sized(area, { x: 9000, y: -9000 })).toEqual({ ...area, width: 9000, height: 150 });
  });

  it("goes further with Shift", () => {
    expect(stepOf({ key: "ArrowLeft", shiftKey: false })).toEqual({ x: -50, y: 0 });
    expect(stepOf({ key: "ArrowDown", shiftKey: true })).toEqual({ x: 0, y: 500 });
    expect(stepOf({ key: "a", shiftKey: false })).toBeNull();
  });
});

describe("undoing", () => {
  it("goes back and forth, and a new step ends what was undone", () => {
    const history = useHistory("a");
    history.step("b");
    history.step("c");
    history.undo();
    expect([history.now.value, history.mayRedo.value]).toEqual(["b", true]);
    history.redo();
    expect(history.now.value).toBe("c");
    history.undo();
    history.step("d");
    expect([history.now.value, history.mayRedo.value]).toEqual(["d", false]);
    history.undo();
    history.undo();
    history.undo();
    expect([history.now.value, history.mayUndo.value]).toEqual(["a", false]);
  });

  it("takes a key that is held down as one step", () => {
    const history = useHistory(0);
    for (const at of [1, 2, 3]) history.step(at, "corner 0");
    history.step(10, "corner 1");
    history.undo();
    expect(history.now.value).toBe(3);
    history.undo();
    expect(history.now.value).toBe(0);
  });
});
