import { describe, expect, it } from "vitest";
import { useRows } from "./rowEditing";

describe("rows while they are edited", () => {
  it("are no answer while there is none", () => {
    const { answer, add, remove } = useRows(null, 3);
    expect(answer.value).toBeNull();
    add();
    expect(answer.value).toEqual([{}]);
    remove(0);
    expect(answer.value).toBeNull();
  });

  it("are written cell by cell, and an emptied cell is gone", () => {
    const { answer, write } = useRows([{ number: "1" }, { number: "2" }], 3);
    write(1, "amount", "5");
    write(0, "number", null);
    expect(answer.value).toEqual([{}, { number: "2", amount: "5" }]);
  });

  it("come back to where they stood", () => {
    const { answer, remove, undo, rows } = useRows([{ n: "1" }, { n: "2" }, { n: "3" }], 3);
    const keys = rows.value.map(({ key }) => key);
    remove(1);
    expect(answer.value).toEqual([{ n: "1" }, { n: "3" }]);
    expect(undo()).toBe(1);
    expect(answer.value).toEqual([{ n: "1" }, { n: "2" }, { n: "3" }]);
    expect(rows.value.map(({ key }) => key)).toEqual(keys);
    expect(undo()).toBeNull();
  });

  it("show what is wrong by their own mark, wherever a removal moves them", () => {
    const { add, leave, remove, wasLeft } = useRows(null, 3);
    add();
    add();
    leave(1, "n");
    expect([wasLeft(0, "n"), wasLeft(1, "n")]).toEqual([false, true]);
    remove(0);
    expect(wasLeft(0, "n")).toBe(true);
    expect(wasLeft(1, "n")).toBe(false);
  });

  it("are not more than there is room for", () => {
    const { add, full, fill, answer } = useRows([{ n: "1" }], 3);
    expect(fill(0, [{ n: "a" }, { n: "b" }, { n: "c" }, { n: "d" }, { n: "e" }])).toBe(2);
    expect(answer.value).toEqual([{ n: "a" }, { n: "b" }, { n: "c" }]);
    expect(full.value).toBe(true);
    add();
    expect(answer.value).toHaveLength(3);
  });

  it("keep what a pasted table does not name", () => {
    const { fill, answer, wasLeft } = useRows([{ n: "1", keep: "x" }], 3);
    expect(fill(0, [{ n: "2" }])).toBe(0);
    expect(answer.value).toEqual([{ n: "2", keep: "x" }]);
    expect(wasLeft(0, "n")).toBe(true);
  });
});
