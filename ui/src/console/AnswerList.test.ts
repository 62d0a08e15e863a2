import { createApp, h, nextTick } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import type { Service } from "@/host/bindings/Service";
import AnswerList from "./AnswerList.vue";

const text = (zh: string) => ({ zh, en: zh });
const service = {
  sections: [{ id: "person", title: text("个人"), fields: [{ id: "id_number", label: text("身份证号"), rows: null }] }],
} as unknown as Service;
const answers = [
  { section: "person", field: "id_number", label: text("身份证号"), display: text("330106 19900307 2224"), masked: text("330***********2224"), changed: false },
];

function shown(list = answers) {
  const place = document.createElement("div");
  document.body.append(place);
  const app = createApp({ render: () => h(AnswerList, { service, answers: list, evaluation: null, consents: [] }) });
  app.mount(place);
  return { place, button: () => place.querySelector<HTMLButtonElement>("[data-testid=reveal]") };
}
afterEach(() => (document.body.innerHTML = ""));

describe("the answers of a case", () => {
  it("hide personal data as Rust hid them, until they are asked for", async () => {
    const { place, button } = shown();
    expect(place.textContent).toContain("330***********2224");
    expect(place.textContent).not.toContain("19900307");
    expect(button()?.getAttribute("aria-pressed")).toBe("false");
    button()?.click();
    await nextTick();
    expect(place.textContent).toContain("330106 19900307 2224");
    expect(button()?.getAttribute("aria-pressed")).toBe("true");
    button()?.click();
    await nextTick();
    expect(place.textContent).not.toContain("19900307");
  });

  it("have nothing to show where there are none", () => {
    expect(shown([]).button()).toBeNull();
  });
});
