import { afterEach, describe, expect, it, vi } from "vitest";
import { slotAt, slotForPaste } from "./aiming";

function page(html: string): void {
  document.body.innerHTML = html;
}
afterEach(() => page(""));

describe("a dropped file", () => {
  it("goes to the slot under the pointer, whatever lies on top of it", () => {
    page(`<div data-slot="id_card_front"><p><b id="deep">x</b></p></div>`);
    expect(slotAt(0.1, 0.2, () => document.getElementById("deep"))).toBe("id_card_front");
  });

  it("goes nowhere beside the slots, or outside the page", () => {
    page(`<div data-slot="a"></div><p id="beside"></p>`);
    expect(slotAt(0.1, 0.2, () => document.getElementById("beside"))).toBeNull();
    expect(slotAt(-0.1, 0, () => null)).toBeNull();
  });

  it("goes nowhere over a slot that is only to be read", () => {
    page(`<div data-field="portrait"><p id="there"></p></div>`);
    expect(slotAt(0.1, 0.2, () => document.getElementById("there"))).toBeNull();
  });
});

describe("a pasted file", () => {
  it("goes to the slot with the focus", () => {
    page(`<div data-slot="a"></div><div data-slot="b"><button id="b">x</button></div>`);
    document.getElementById("b")!.focus();
    expect(slotForPaste(["a"], [])).toBe("b");
  });

  it("else to the next one that misses something", () => {
    page(`<div data-slot="a"></div><div data-slot="b"></div>`);
    expect(slotForPaste(["b"], [])).toBe("b");
    expect(slotForPaste([], [])).toBeNull();
  });

  it("replaces nothing in the slot that was clicked last, as long as another misses something", () => {
    page(`<div data-slot="a"></div><div data-slot="b"><button id="b">x</button></div>`);
    const clicked = document.getElementById("b")!;
    clicked.focus();
    const matches = vi.spyOn(clicked, "matches").mockReturnValue(false);
    expect(slotForPaste(["a"], ["b"])).toBe("a");
    expect(slotForPaste([], ["b"])).toBe("b");
    matches.mockReturnValue(true);
    expect(slotForPaste(["a"], ["b"]), "who came by keyboard means it").toBe("b");
  });
});
