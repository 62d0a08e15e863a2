import { effectScope } from "vue";
import { expect, test, vi } from "vitest";

const host = vi.hoisted(() => ({ answerClosing: vi.fn(), closeWindow: vi.fn() }));
const heard = vi.hoisted(() => new Map<string, (payload: unknown) => unknown>());
vi.mock("@/host", () => ({ host, on: (name: string, then: (payload: unknown) => unknown) => heard.set(name, then) }));
const { beforeClosing, flushAll, useClosing } = await import("./closing");

test("everything that is still held is sent before the window closes, whatever fails", async () => {
  const sent: string[] = [];
  const page = effectScope();
  page.run(() => {
    beforeClosing(() => Promise.reject(new Error("disk full")));
    beforeClosing(async () => {
      await Promise.resolve();
      sent.push("name");
    });
  });
  await flushAll();
  expect(sent).toEqual(["name"]);
  page.stop();
  await flushAll();
  expect(sent).toEqual(["name"]);
});

test("the window stays while files are being prepared, until they are ready or the person will not wait", async () => {
  host.answerClosing.mockResolvedValue(undefined);
  host.closeWindow.mockResolvedValue(undefined);
  const scope = effectScope();
  const asked = scope.run(useClosing)!;
  const closing = (files: number) => heard.get("closing")!({ files });
  await closing(0);
  expect(host.answerClosing).toHaveBeenLastCalledWith(true);
  await closing(2);
  expect(host.answerClosing).toHaveBeenLastCalledWith(false);
  expect(asked.files.value).toBe(2);

  heard.get("attaching_progress")!({ stage: "ended" });
  expect(host.closeWindow, "nobody said that it should close then").not.toHaveBeenCalled();
  asked.wait();
  heard.get("attaching_progress")!({ stage: "ended" });
  expect(host.closeWindow).toHaveBeenCalledTimes(2);
  await closing(1);
  expect(asked.files.value).toBe(1);
  asked.closeAnyway();
  await closing(1);
  expect(host.answerClosing).toHaveBeenLastCalledWith(true);
  scope.stop();
});
