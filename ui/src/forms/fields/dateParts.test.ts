import { describe, expect, it } from "vitest";
import { joined, partsOf, pasted } from "./dateParts";

describe("a typed date", () => {
  it("keeps its dashes while half typed, so that nothing typed is lost", () => {
    expect(joined({ year: "1958", month: "", day: "" })).toBe("1958--");
    expect(joined({ year: "", month: "3", day: "" })).toBe("-03-");
    expect(partsOf("1958--")).toEqual({ year: "1958", month: "", day: "" });
  });

  it("is nothing when all three parts are empty", () => {
    expect(joined({ year: "", month: " ", day: "" })).toBeNull();
  });

  it("goes there and back", () => {
    expect(joined({ year: "1958", month: "3", day: "12" })).toBe("1958-03-12");
    expect(partsOf("1958-03-02")).toEqual({ year: "1958", month: "3", day: "2" });
  });

  it("leaves what is not a number to the program", () => {
    expect(joined({ year: "五八", month: "13", day: "x" })).toBe("五八-13-x");
  });

  it.each(["1958-3-12", "1958.03.12", "1958/3/12", "1958年3月12日", "1958 年 3 月 12 日", "19580312"])("takes a whole date pasted as %s", (text) => {
    expect(pasted(text)).toEqual({ year: "1958", month: "3", day: "12" });
  });

  it("leaves other pasted text alone", () => {
    expect(pasted("58")).toBeNull();
    expect(pasted("12 March 1958")).toBeNull();
  });
});
