import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp, h, type App } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import type { ApplicationView, CaseSummary, Service } from "@/host";

const asked = vi.hoisted(() => vi.fn());
vi.mock("@/host", async (original) => ({ ...(await original<object>()), host: { urgeApplication: asked } }));
import CaseList from "./CaseList.vue";
import NextStep from "./NextStep.vue";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/:all(.*)*", component: { render: () => null } }] });
function shown(page: Parameters<typeof h>[0], props: object) {
  const root = document.body.appendChild(document.createElement("div"));
  app = createApp({ render: () => h(page as never, props) });
  app.use(router);
  app.mount(root);
  return root;
}
const service = { title: { zh: "参保登记", en: "Enrolment" }, review: { promise: { kind: "working_days", min: 1, max: 3 } } } as unknown as Service;
const waiting = (overdueDays: number | null) =>
  ({ id: "a", status: "in_review", dueOn: "2026-11-25", overdueDays, reason: null, findings: [], evaluation: { fee: null } }) as unknown as ApplicationView;

describe("an office that is late", () => {
  it("is said to be, and asked about with one press", async () => {
    asked.mockResolvedValue({ id: "b", status: "draft" });
    const root = shown(NextStep, { application: waiting(2), service });
    expect(root.querySelector("[data-testid=late]")?.textContent).toContain("已经过了 2 天");
    root.querySelector<HTMLButtonElement>("[data-testid=urge]")!.click();
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe("/applications/b"));
    expect(asked).toHaveBeenCalledWith("a");
  });

  it("is not spoken of before its day has passed", () => {
    const root = shown(NextStep, { application: waiting(null), service });
    expect(root.querySelector("[data-testid=urge]")).toBeNull();
    expect(root.textContent).toContain("前有结果");
  });

  it("is named in the list, too", () => {
    const row = { ...waiting(2), service: "s", title: service.title, localNumber: "暂1", number: null, notice: null, savedAt: "2026-11-21T02:00:00Z" };
    expect(shown(CaseList, { cases: [row as unknown as CaseSummary] }).textContent).toContain("晚了 2 天");
  });
});

describe("a supplement in the list", () => {
  const row = (supplementDaysLeft: number) =>
    ({ id: "a", status: "supplement_needed", supplementBy: "2026-12-04", supplementDaysLeft, title: service.title, localNumber: "暂1", number: null, notice: null }) as unknown as CaseSummary;

  it("counts the days that are left", () => {
    expect(shown(CaseList, { cases: [row(3)] }).textContent).toContain("还有 3 天");
    app?.unmount();
    expect(shown(CaseList, { cases: [row(0)] }).textContent).toContain("最后一天");
    app?.unmount();
    expect(shown(CaseList, { cases: [row(-1)] }).textContent).not.toContain("还有");
  });
});
