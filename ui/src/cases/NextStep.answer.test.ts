import { createApp, h } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import type { ApplicationView, Service } from "@/host";
import NextStep from "./NextStep.vue";

const text = (zh: string) => ({ zh, en: zh });
const service = (writtenAnswer: boolean) =>
  ({
    title: text("在线咨询"),
    review: { writtenAnswer, promise: { kind: "working_days", min: 1, max: 5 } },
    sections: [{ fields: [{ id: "address", label: text("住址") }] }],
    materials: [],
  }) as unknown as Service;
const view = (part: object) => ({ reason: null, findings: [], evaluation: { fee: null }, dueOn: null, dueOnEstimated: false, ...part }) as unknown as ApplicationView;

function shown(application: ApplicationView, writtenAnswer = false) {
  const place = document.body.appendChild(document.createElement("div"));
  const app = createApp({ render: () => h(NextStep, { application, service: service(writtenAnswer) }) });
  app.config.warnHandler = () => undefined;
  app.mount(place);
  return place;
}
afterEach(() => (document.body.innerHTML = ""));

describe("what the office wrote", () => {
  it("stands beside the status of an approved case, by the name of an answer", () => {
    const place = shown(view({ status: "approved", reason: text("在学校交。") }), true);
    expect(place.querySelector("[data-testid=reason]")?.textContent).toBe("在学校交。");
    expect(place.textContent).toContain("经办机构的答复");
    expect(place.textContent).not.toContain("原因");
    expect(shown(view({ status: "approved" })).querySelector("[data-testid=reason]")).toBeNull();
  });

  it("names what a rejection is about", () => {
    const findings = [{ code: "mismatch", target: { kind: "field", id: "address" }, message: text("和户口本不一样") }];
    const place = shown(view({ status: "rejected", reason: text("不在本地参保范围"), findings }));
    expect(place.textContent).toContain("原因");
    expect(place.querySelector("[data-testid=findings]")?.textContent).toContain("住址：和户口本不一样");
  });

  it("says of a day that it is an estimate", () => {
    const waiting = { status: "in_review", dueOn: "2027-01-04" };
    expect(shown(view({ ...waiting, dueOnEstimated: true })).textContent).toContain("可能顺延");
    expect(shown(view(waiting)).textContent).not.toContain("可能顺延");
  });
});
