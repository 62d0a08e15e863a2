import { afterEach, describe, expect, it } from "vitest";
import { createApp, h, nextTick, type App } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import type { ApplicationView, Field, HandedIn, Section, Service } from "@/host";
import AnswerList from "./AnswerList.vue";
import ReceiptSlip from "./ReceiptSlip.vue";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

const text = (zh: string) => ({ zh, en: zh });
const field = (id: string, kind: string, label: string) => ({ id, kind, label: text(label), calculated: false, consent: null, rows: null }) as unknown as Field;
const state = (display: string, masked: string) => ({ relevant: true, derived: false, value: display || null, display: text(display), masked: text(masked), findings: [], rows: [] });
const section = {
  id: "person",
  title: text("参保人"),
  fields: [field("full_name", "person_name", "姓名"), field("id_number", "id_number", "身份证号"), field("mobile", "mobile", "手机号"), field("mother_name", "person_name", "母亲姓名"), field("guardian_name", "person_name", "监护人姓名")],
} as unknown as Section;
const fields = {
  full_name: state("林小满", "林**"),
  id_number: state("110101 1990 0307 8881", "110*** **** **** 8881"),
  mobile: state("138 0013 8000", "138 **** 8000"),
  mother_name: state("林大满", "林**"),
  guardian_name: state("陈立", "陈*"),
};
const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/:all(.*)*", component: { render: () => null } }] });
function shown(page: unknown, props: object) {
  const root = document.body.appendChild(document.createElement("div"));
  app = createApp({ render: () => h(page as never, props) });
  app.use(router);
  app.mount(root);
  return root;
}

describe("the check page", () => {
  it("masks what the program names until somebody presses, and nothing else", async () => {
    const application = { id: "a", status: "draft", editable: null, hidden: ["id_number", "mobile"], evaluation: { fields } } as unknown as ApplicationView;
    const root = shown(AnswerList, { section, application });
    expect(root.textContent).toContain("110*** **** **** 8881");
    expect(root.textContent).toContain("林小满");
    expect(root.textContent).not.toContain("1990 0307");
    expect(root.textContent).not.toContain("0013");
    const reveal = root.querySelector<HTMLButtonElement>("[data-testid=reveal-person]")!;
    reveal.click();
    await nextTick();
    expect(root.textContent).toContain("110101 1990 0307 8881");
    expect(root.textContent).toContain("138 0013 8000");
    reveal.click();
    await nextTick();
    expect(root.textContent).not.toContain("0013");
  });

  it("has nothing to press where nothing is hidden", () => {
    const application = { id: "a", status: "draft", editable: null, hidden: [], evaluation: { fields } } as unknown as ApplicationView;
    expect(shown(AnswerList, { section, application }).querySelector("button")).toBeNull();
  });
});

describe("the receipt", () => {
  it("names the person and whoever applies for them, as the program says", () => {
    const handedIn = { revision: 1, receipted: true, at: "2026-11-21T02:00:00Z", documents: 0, names: ["full_name", "guardian_name"], fields } as unknown as HandedIn;
    const application = { id: "a", status: "submitted", number: "202611210000018", localNumber: "暂1", dueOn: null } as unknown as ApplicationView;
    const service = { title: text("参保登记"), sections: [section], review: { promise: { kind: "not_promised" } } } as unknown as Service;
    const slip = shown(ReceiptSlip, { application, handedIn, service }).textContent ?? "";
    expect(slip).toContain("林小满");
    expect(slip).toContain("监护人姓名陈立");
    expect(slip).not.toContain("林大满");
  });
});
