import { afterEach, describe, expect, it } from "vitest";
import { createApp, h, nextTick, ref, type App, type FunctionalComponent } from "vue";
import type { EarlierApplication } from "@/host";
import EarlierNote from "./EarlierNote.vue";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

const link: FunctionalComponent<{ to: string }> = ({ to }, { slots }) => h("a", { href: to }, slots.default?.());
link.props = ["to"];

describe("an application for the same person and year", () => {
  it("is named with its number and the way to it, and the box beside it is not ticked in advance", async () => {
    const another = ref(false);
    const earlier = [
      { id: "a", status: "in_review", localNumber: "暂12345678", number: "202611210000018", handedInAt: "2026-11-21T02:00:00Z" },
      { id: "b", status: "awaiting_upload", localNumber: "暂87654321", number: null, handedInAt: "2026-11-21T02:00:00Z" },
    ] as EarlierApplication[];
    const root = document.body.appendChild(document.createElement("div"));
    app = createApp({
      render: () => h(EarlierNote, { earlier, invalid: false, modelValue: another.value, "onUpdate:modelValue": (now: boolean) => (another.value = now) }),
    });
    app.component("RouterLink", link);
    app.mount(root);
    expect(root.textContent).toContain("暂87654321");
    expect(root.textContent?.replace(/\s/g, "")).toContain("202611210000018");
    expect([...root.querySelectorAll("a")].map((link) => link.getAttribute("href"))).toEqual(["/cases/a", "/cases/b"]);
    const box = root.querySelector<HTMLInputElement>("#another")!;
    expect(box.checked).toBe(false);
    box.click();
    await nextTick();
    expect(another.value).toBe(true);
  });
});
