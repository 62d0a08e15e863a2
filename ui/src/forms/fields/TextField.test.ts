import { describe, expect, it, vi } from "vitest";
import { createApp, effectScope, h, reactive, nextTick } from "vue";
import type { Answer, Field, FieldState, Filled } from "@/host";
import { answering, useAnswering } from "../answering";
import TextField from "./TextField.vue";

const field: Field = { id: "id_number", label: { zh: "身份证号", en: "ID number" }, hint: null, kind: "id_number", choices: [], assumed: null, table: null, calculated: false, consent: null, rows: null };
const empty: FieldState = { relevant: true, required: true, derived: false, value: null, display: { zh: "", en: "" }, masked: { zh: "", en: "" }, findings: [], note: null, choices: null, rows: [] };

function mount() {
  const answered = vi.fn<(value: Answer | null) => void>();
  const left = vi.fn();
  const props = reactive({ field, state: empty, answer: null as Answer | null, choices: [], inputId: "field-id_number" });
  const root = document.createElement("div");
  createApp({ render: () => h(TextField, { ...props, onAnswer: answered, onLeave: left }) }).mount(root);
  const input = root.querySelector("input")!;
  const type = (text: string, event: Event = new InputEvent("input")) => {
    input.value = text;
    input.dispatchEvent(event);
  };
  return { answered, left, props, input, type };
}

describe("a line of text", () => {
  it("says what is typed, and nothing when it is emptied", () => {
    const { type, answered } = mount();
    type("33");
    type("");
    expect(answered.mock.calls).toEqual([["33"], [null]]);
  });

  it("is silent while words are being composed, and speaks when they are done", () => {
    const { type, answered } = mount();
    type("wang", new InputEvent("input", { isComposing: true }));
    expect(answered).not.toHaveBeenCalled();
    type("王", new Event("compositionend"));
    expect(answered).toHaveBeenCalledExactlyOnceWith("王");
  });

  it("shows a long number in groups once it is left and could be read", async () => {
    const { type, input, left, props } = mount();
    input.dispatchEvent(new FocusEvent("focus"));
    type("330000195803120022");
    props.state = { ...empty, value: "330000195803120022", display: { zh: "330000 1958 0312 0022", en: "330000 1958 0312 0022" } };
    await nextTick();
    expect(input.value).toBe("330000195803120022");
    input.dispatchEvent(new FocusEvent("blur"));
    await nextTick();
    expect(left).toHaveBeenCalledOnce();
    expect(input.value).toBe("330000 1958 0312 0022");
  });

  it("never puts the verdict on fewer digits in the place of what was typed since", async () => {
    let arrive = () => {};
    const scope = effectScope();
    const send = () => new Promise<Filled>((resolve) => (arrive = () => resolve({} as Filled)));
    const { write } = scope.run(() => useAnswering("a1", () => {}, send))!;
    const { type, input, props } = mount();
    input.dispatchEvent(new FocusEvent("focus"));
    type("33000019580312002");
    write("id_number", "33000019580312002");
    props.state = { ...empty, value: "330000580312002", display: { zh: "330000 580312 002", en: "330000 580312 002" } };
    input.dispatchEvent(new FocusEvent("blur"));
    await nextTick();
    expect(input.value).toBe("33000019580312002");
    props.state = empty;
    arrive();
    await vi.waitFor(() => expect(answering.value).toBe(0));
    await nextTick();
    expect(input.value).toBe("33000019580312002");
    scope.stop();
  });
});
