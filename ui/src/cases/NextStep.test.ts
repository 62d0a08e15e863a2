import { afterEach, describe, expect, it } from "vitest";
import { createApp, h, type App } from "vue";
import type { ApplicationView, Service } from "@/host";
import NextStep from "./NextStep.vue";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

/** What is told of a case in this state. */
function told(status: string, promise: Service["review"]["promise"], personalFen: number | null = null) {
  const application = { id: "a", status, dueOn: "2026-11-24", reason: null, evaluation: { fee: personalFen === null ? null : { personalFen } } };
  const service = { title: { zh: "缴费登记", en: "Payment" }, review: { promise, supplementWorkingDays: 10 } };
  const root = document.body.appendChild(document.createElement("div"));
  app = createApp({
    render: () => h(NextStep, { application: application as unknown as ApplicationView, service: service as unknown as Service }),
  });
  app.component("RouterLink", () => null);
  app.mount(root);
  return root.innerText || root.textContent || "";
}

describe("the next step of a case", () => {
  it("names a day for the answer only where somebody reviews", () => {
    expect(told("submitted", { kind: "working_days", min: 1, max: 3 })).toContain("前有结果");
    app?.unmount();
    const text = told("submitted", { kind: "at_once" });
    expect(text).toContain("已经收到");
    expect(text).not.toContain("有结果");
  });

  it("says after the approval that nothing was paid, where something is owed", () => {
    expect(told("approved", { kind: "not_promised" }, 40_000)).toContain("审核通过不等于已经缴费");
    app?.unmount();
    expect(told("approved", { kind: "not_promised" }, 0)).not.toContain("没有收过钱");
    app?.unmount();
    expect(told("approved", { kind: "not_promised" })).not.toContain("没有收过钱");
  });
});
