import { effectScope } from "vue";
import { expect, test } from "vitest";
import { beforeClosing, flushAll } from "./closing";

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
