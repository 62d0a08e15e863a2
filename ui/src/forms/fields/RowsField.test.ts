import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp, h, nextTick, reactive, type App } from "vue";
import type { Answer, Answers, Field, FieldState } from "@/host";
import RowsField from "./RowsField.vue";

const column = (id: string, kind: Field["kind"], zh: string): Field => ({
  id, kind, label: { zh, en: id }, hint: null, choices: [], assumed: null, table: null, calculated: false, consent: null, rows: null,
});
const field: Field = {
  ...column("invoices", "rows", "票据"),
  rows: { title: { zh: "票据", en: "Bill" }, columns: [column("number", "text", "票据号码"), column("amount", "money", "金额")], min: 1, max: 3 },
};
const blank: FieldState = {
  relevant: true, required: true, derived: false, value: null, display: { zh: "", en: "" }, masked: { zh: "", en: "" }, findings: [], note: null, choices: null, rows: [],
};
let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

/** Judges as the program would: a repeated number is wrong, an empty amount missing. */
function judged(rows: Answers[]): FieldState {
  return {
    ...blank,
    rows: rows.map((row, at) => {
      const cell = (column: string, wrong: boolean, severity: "wrong" | "missing"): FieldState => ({
        ...blank,
        findings: wrong ? [{ code: severity, severity, target: { kind: "cell", id: "invoices", row: at, column }, message: { zh: severity, en: severity } }] : [],
      });
      const twice = rows.slice(0, at).some(({ number }) => number === row.number);
      return { fields: { number: cell("number", twice, "wrong"), amount: cell("amount", !row.amount, "missing") } };
    }),
  };
}

function mount(initial: Answers[] | null = null) {
  const answered = vi.fn<(value: Answer | null) => void>();
  const props = reactive({ field, state: judged(initial ?? []), answer: initial as Answer | null, choices: [], inputId: "field-invoices", asked: false });
  const root = document.body.appendChild(document.createElement("div"));
  const onAnswer = (value: Answer | null) => {
    answered(value);
    props.state = judged((value ?? []) as Answers[]);
  };
  app = createApp({ render: () => h(RowsField, { ...props, onAnswer }) });
  app.mount(root);
  const get = (id: string) => document.getElementById(id)!;
  const press = async (id: string) => {
    get(id).click();
    await nextTick();
    await nextTick();
  };
  const paste = async (id: string, text: string) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    get(id).dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    await nextTick();
    await nextTick();
  };
  return { answered, props, get, press, paste };
}

describe("a repeated group", () => {
  it("puts the focus on the first cell of an added row, and back where a removal is undone", async () => {
    const { press, answered, get } = mount();
    await press("field-invoices-add");
    expect(document.activeElement?.id).toBe("field-invoices-0-number");
    await press("field-invoices-0-remove");
    expect(document.activeElement?.id).toBe("field-invoices-undo");
    expect(answered).toHaveBeenLastCalledWith(null);
    await press("field-invoices-undo");
    expect(document.activeElement?.id).toBe("field-invoices-0-remove");
    expect(get("field-invoices-undo")).toBeNull();
  });

  it("takes a pasted table as one answer, and says what has no room", async () => {
    const { paste, answered, get } = mount([{}]);
    await paste("field-invoices-0-number", "1\t10\n2\t20\n3\t30\n4\t40");
    expect(answered).toHaveBeenCalledExactlyOnceWith([{ number: "1", amount: "10" }, { number: "2", amount: "20" }, { number: "3", amount: "30" }]);
    expect((get("field-invoices-2-amount") as HTMLInputElement).value).toBe("30");
    expect(document.activeElement?.id).toBe("field-invoices-0-number");
    expect(document.body.textContent).toContain("已放入 3 行，请逐行看一遍。放不下的 1 行没有放进来");
    expect(get("field-invoices-add")).toBeNull();
  });

  it("leaves a single pasted cell to the control", async () => {
    const { paste, answered } = mount([{}]);
    await paste("field-invoices-0-number", "0045678912");
    expect(answered).not.toHaveBeenCalled();
  });

  it("shows what is wrong in a cell once it was left, what is missing once it is asked for", async () => {
    const { get, props } = mount([{ number: "1" }, { number: "1" }]);
    await nextTick();
    expect(get("field-invoices-1-number-error").textContent).toBe("wrong");
    expect(get("field-invoices-1-amount-error")).toBeNull();
    props.asked = true;
    await nextTick();
    expect(get("field-invoices-1-amount-error").textContent).toBe("missing");
  });
});
