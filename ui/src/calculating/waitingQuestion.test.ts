import { describe, expect, it } from "vitest";
import { findingsOf, isAsked, questionOf, wholeYears } from "./waitingQuestion";

const all = { place: "440103", lapsed: "4", repaid: "1", in_window: "no" };

describe("the questions of the calculator", () => {
  it("become one question to the program", () => {
    expect(questionOf(all)).toEqual({ place: "440103", lapsedYears: 4, repaidYears: 1, inWindow: false });
    expect(questionOf({ ...all, place: "653200/和安县" })?.place).toBe("653200");
  });

  it("ask about repaying only who has missed a year", () => {
    expect(isAsked("repaid", { lapsed: "0" })).toBe(false);
    expect(isAsked("repaid", {})).toBe(false);
    expect(questionOf({ ...all, lapsed: "0", repaid: "7" })).toMatchObject({ lapsedYears: 0, repaidYears: 0 });
  });

  it("say what is missing, one by one", () => {
    for (const id of Object.keys(all)) {
      const found = findingsOf({ ...all, [id]: "" });
      expect(found[id]?.[0]?.code).toBe(`${id}.missing`);
      expect(questionOf({ ...all, [id]: "" })).toBeNull();
    }
  });

  it("take years as people write them, and nothing else", () => {
    expect([wholeYears("3"), wholeYears(" ３ 年"), wholeYears("0")]).toEqual([3, 3, 0]);
    expect([wholeYears("三"), wholeYears("-1"), wholeYears("1.5"), wholeYears("99"), wholeYears("")]).toEqual([null, null, null, null, null]);
    expect(findingsOf({ ...all, lapsed: "很久" }).lapsed?.[0]?.severity).toBe("wrong");
  });

  it("do not let more be paid back than was missed", () => {
    expect(findingsOf({ ...all, repaid: "5" }).repaid?.[0]?.code).toBe("repaid.more_than_lapsed");
    expect(findingsOf({ ...all, repaid: "4" })).toEqual({});
  });
});
