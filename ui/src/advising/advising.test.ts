import { describe, expect, it, vi } from "vitest";
import type { Advice, Answers } from "@/host";
import { useAdvising } from "./advising";

const told = (id: string): Advice => ({ fields: {}, outcome: { id, title: { zh: id, en: id }, text: { zh: "", en: "" }, services: [] } });

describe("asking which insurance fits", () => {
  it("sends all answers, and a cleared one no more", async () => {
    const ask = vi.fn<(answers: Answers) => Promise<Advice>>(async () => told("resident"));
    const { answer, advice } = useAdvising(ask);
    await answer("employer", "no");
    await answer("age", "34");
    await answer("employer", null);
    expect(ask.mock.calls.map(([answers]) => answers)).toEqual([{ employer: "no" }, { employer: "no", age: "34" }, { age: "34" }]);
    expect(advice.value?.outcome?.id).toBe("resident");
  });

  it("never replaces a newer word by an older one", async () => {
    const waiting: ((advice: Advice) => void)[] = [];
    const { answer, advice } = useAdvising(() => new Promise((done) => waiting.push(done)));
    const first = answer("employer", "yes");
    const second = answer("employer", "no");
    waiting[1]!(told("resident"));
    await second;
    waiting[0]!(told("employee"));
    await first;
    expect(advice.value?.outcome?.id).toBe("resident");
  });

  it("keeps what was told and says why where asking fails", async () => {
    let fails = false;
    const ask = async () => (fails ? Promise.reject({ code: "x", message: { zh: "坏了", en: "" }, hint: { zh: "", en: "" } }) : told("resident"));
    const { answer, advice, problem } = useAdvising(ask);
    await answer("employer", "no");
    fails = true;
    await answer("employer", "yes");
    expect(problem.value?.message.zh).toBe("坏了");
    expect(advice.value?.outcome?.id).toBe("resident");
    fails = false;
    await answer("employer", "yes");
    expect(problem.value).toBeNull();
  });
});
