import { describe, expect, it } from "vitest";
import { costs } from "./costs";

describe("a network that is charged by volume", () => {
  it("speaks of one application as of one", () => {
    expect(costs.heldBack(1).en).toContain("the documents of 1 application are waiting");
    expect(costs.heldBack(3).en).toContain("the documents of 3 applications are waiting");
    expect(costs.earlyBesides(1).en).toContain("1 more waits");
    expect(costs.earlyBesides(2).en).toContain("2 more wait ");
  });
});
