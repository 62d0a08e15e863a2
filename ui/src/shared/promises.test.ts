import { describe, expect, it } from "vitest";
import { answered, promised } from "./promises";

describe("promises", () => {
  it("promise neither an answer nor a payment where nobody reviews", () => {
    const { zh, en } = answered({ kind: "at_once" });
    expect(zh).not.toContain("有结果");
    expect(zh).toContain("登记不等于缴费");
    expect(en).toContain("nothing is paid");
  });

  it("name days only where the office promises some", () => {
    expect(promised({ kind: "working_days", min: 1, max: 3 }).zh).toBe("1–3 个工作日");
    expect(answered({ kind: "not_promised" }).zh).toContain("没有规定几天");
  });
});
