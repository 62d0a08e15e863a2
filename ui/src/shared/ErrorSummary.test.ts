import { describe, expect, it } from "vitest";
import { createApp, h, nextTick, reactive } from "vue";
import ErrorSummary from "./ErrorSummary.vue";

describe("the summary of what stands in the way", () => {
  it("leaves the focus in the field that is being typed in, however often it comes and goes", async () => {
    const field = document.body.appendChild(document.createElement("input"));
    const root = document.body.appendChild(document.createElement("div"));
    const page = reactive({ wrong: false });
    const items = [{ key: "bank_card", message: { zh: "有一位对不上", en: "A digit does not fit" }, go: () => undefined }];
    const app = createApp({ render: () => (page.wrong ? h(ErrorSummary, { items }) : null) });
    app.mount(root);
    field.focus();
    page.wrong = true;
    await nextTick();
    expect(root.textContent).toContain("有一位对不上");
    expect(document.activeElement).toBe(field);
    app.unmount();
    field.remove();
    root.remove();
  });
});
