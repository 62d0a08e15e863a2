import { afterEach, describe, expect, it } from "vitest";
import { createApp, h, type App } from "vue";
import type { WaitingPeriod } from "@/host/bindings/WaitingPeriod";
import WaitingPanel from "./WaitingPanel.vue";

const period: WaitingPeriod = {
  months: 4,
  lines: [],
  paidOn: "2099-09-01",
  benefitsFrom: "2100-01-01",
  summary: { zh: "要等 4 个月", en: "4 months" },
  source: { zh: "依据", en: "source" },
};
let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

function shown(waiting: WaitingPeriod) {
  const root = document.body.appendChild(document.createElement("div"));
  app = createApp({ render: () => h(WaitingPanel, { waiting }) });
  app.mount(root);
  return root.textContent ?? "";
}

describe("the waiting period", () => {
  it("names the day of the payment, which need not be today", () => {
    const text = shown(period);
    expect(text).toContain("2099 年 9 月 1 日缴费的话");
    expect(text).not.toContain("今天");
  });

  it("names no day where nothing can be paid", () => {
    expect(shown({ ...period, paidOn: null, benefitsFrom: null })).not.toContain("缴费的话");
  });
});
