import { describe, expect, it } from "vitest";
import { pressOver } from "./pressing";

const tasks = () => new Promise((go) => setTimeout(go, 5));

describe("what a field says when it is left", () => {
  it("comes at once where the keyboard left it", async () => {
    await pressOver();
  });

  it("waits for the press that left it, and for its click", async () => {
    const told: string[] = [];
    const button = document.body.appendChild(document.createElement("button"));
    button.addEventListener("click", () => told.push("click"));
    button.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    void pressOver().then(() => told.push("finding"));
    await tasks();
    expect(told).toEqual([]);
    button.dispatchEvent(new Event("pointerup", { bubbles: true }));
    button.click();
    await tasks();
    expect(told).toEqual(["click", "finding"]);
    button.remove();
  });

  it("does not wait for ever where the pointer goes up in another window", async () => {
    window.dispatchEvent(new Event("pointerdown"));
    const over = pressOver();
    window.dispatchEvent(new Event("blur"));
    await over;
  });
});
