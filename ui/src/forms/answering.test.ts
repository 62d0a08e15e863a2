import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, type EffectScope } from "vue";
import type { Evaluation, Filled } from "@/host";
import { answering, useAnswering } from "./answering";

const filledAt = (savedAt: string): Filled => ({ evaluation: {} as Evaluation, savedAt });

describe("answers on their way", () => {
  let scope: EffectScope;
  beforeEach(() => {
    vi.useFakeTimers();
    scope = effectScope();
  });
  afterEach(() => {
    scope.stop();
    vi.useRealTimers();
  });

  function start(send: (application: string, field: string, answer: unknown) => Promise<Filled>) {
    const filled = vi.fn();
    const answers = scope.run(() => useAnswering("a1", filled, send))!;
    return { ...answers, filled };
  }

  it("go at once; while one is on its way, only the last text waits", async () => {
    const send = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      return filledAt("1");
    });
    const { write, filled } = start(send);
    write("full_name", "王");
    await vi.advanceTimersByTimeAsync(0);
    expect(send).toHaveBeenCalledExactlyOnceWith("a1", "full_name", "王");
    write("full_name", "王秀");
    write("full_name", "王秀英");
    await vi.advanceTimersByTimeAsync(39);
    expect(send).toHaveBeenCalledTimes(1);
    expect(answering.value).toBe(2);
    await vi.advanceTimersByTimeAsync(41);
    expect(send).toHaveBeenCalledTimes(2);
    expect(send).toHaveBeenLastCalledWith("a1", "full_name", "王秀英");
    expect(filled).toHaveBeenCalledTimes(2);
    expect(answering.value).toBe(0);
  });

  it("go at once when the field is left", async () => {
    const send = vi.fn(async () => filledAt("1"));
    const { write, flush } = start(send);
    write("mobile", "138");
    expect(answering.value).toBe(1);
    await flush("mobile");
    expect(send).toHaveBeenCalledExactlyOnceWith("a1", "mobile", "138");
    await vi.advanceTimersByTimeAsync(1000);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("never overtake each other", async () => {
    const order: string[] = [];
    const send = vi.fn(async (_application: string, field: string) => {
      await new Promise((resolve) => setTimeout(resolve, field === "slow" ? 500 : 1));
      order.push(field);
      return filledAt(field);
    });
    const { write, flush, filled } = start(send);
    write("slow", "1");
    void flush("slow");
    write("quick", "2");
    void flush("quick");
    await vi.advanceTimersByTimeAsync(1000);
    expect(order).toEqual(["slow", "quick"]);
    expect(filled.mock.calls.map(([result]) => result.savedAt)).toEqual(["slow", "quick"]);
  });

  it("stay when saving fails, and go with the next flush", async () => {
    const failure = { code: "disk_full", message: { zh: "满了", en: "full" }, hint: { zh: "", en: "" }, details: null };
    const send = vi.fn().mockRejectedValueOnce(failure).mockResolvedValue(filledAt("2"));
    const { write, flush, problem } = start(send);
    write("mobile", "138");
    await flush();
    expect(problem.value?.code).toBe("disk_full");
    expect(answering.value).toBe(1);
    await flush();
    expect(send).toHaveBeenLastCalledWith("a1", "mobile", "138");
    expect(problem.value).toBeNull();
    expect(answering.value).toBe(0);
  });

  it("keep the problem while one field is unsaved, whatever else could be saved", async () => {
    const failure = { code: "disk_full", message: { zh: "满了", en: "full" }, hint: { zh: "", en: "" }, details: null };
    let full = true;
    const send = vi.fn(async (_application: string, field: string) => {
      if (full && field === "address") throw failure;
      return filledAt(field);
    });
    const { write, flush, problem } = start(send);
    write("address", "文三路 1 号");
    await flush("address");
    write("mobile", "138");
    await flush("mobile");
    expect(problem.value?.code).toBe("disk_full");
    expect(answering.value).toBe(1);
    full = false;
    write("email", "a@b.cn");
    await flush("email");
    expect(send).toHaveBeenCalledWith("a1", "address", "文三路 1 号");
    expect(problem.value).toBeNull();
    expect(answering.value).toBe(0);
  });

  it("are sent when the page is left", async () => {
    const send = vi.fn(async () => filledAt("1"));
    const { write } = start(send);
    write("mobile", "138");
    scope.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(send).toHaveBeenCalledTimes(1);
    expect(answering.value).toBe(0);
  });
});
