import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp, h } from "vue";
import { usePasting } from "./pasting";

describe("a paste", () => {
  const take = vi.fn();
  const look = vi.fn();
  let leave: () => void;
  beforeEach(() => {
    document.body.innerHTML = `<div id="page"></div><button id="button"></button><input id="field" />`;
    const app = createApp({ setup: () => (usePasting(take, look), () => h("p")) });
    app.mount("#page");
    leave = () => app.unmount();
  });
  afterEach(() => {
    leave();
    vi.clearAllMocks();
  });
  function paste(id: string, ...files: File[]): ClipboardEvent {
    const event = new Event("paste", { bubbles: true, cancelable: true }) as ClipboardEvent;
    Object.defineProperty(event, "clipboardData", { value: { files } });
    document.getElementById(id)!.dispatchEvent(event);
    return event;
  }

  it("brings its pictures", async () => {
    const event = paste("button", new File(["x"], "a.png", { type: "image/png" }), new File(["y"], "", { type: "image/jpeg" }));
    await vi.waitFor(() => expect(take).toHaveBeenCalledTimes(2));
    expect(take.mock.calls).toEqual([["a.png", "eA=="], ["paste.jpeg", "eQ=="]]);
    expect(event.defaultPrevented).toBe(true);
    expect(look).not.toHaveBeenCalled();
  });

  it("without pictures has the program look, unless it is text for a field", () => {
    paste("field");
    expect(look).not.toHaveBeenCalled();
    paste("button");
    expect(look).toHaveBeenCalledTimes(1);
    expect(take).not.toHaveBeenCalled();
  });

  it("is nobody's once the page is left", () => {
    leave();
    paste("button");
    expect(look).not.toHaveBeenCalled();
    leave = () => undefined;
  });
});
