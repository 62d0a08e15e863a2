import { describe, expect, it, vi } from "vitest";
import type { HelpEntry } from "@/host";
import { byTopic, helpFor } from "./help";

const entry = (id: string, topic: string): HelpEntry => ({
  id, question: { zh: id, en: id }, paragraphs: [], topic: { zh: topic, en: topic }, codes: [], services: [], channels: [], keywords: [],
});

describe("the help", () => {
  it("stands below its topics, in the catalogue's order", () => {
    const topics = byTopic([entry("a", "填写"), entry("b", "材料"), entry("c", "填写")]);
    expect(topics.map(({ title, entries }) => [title.zh, entries.map(({ id }) => id)])).toEqual([["填写", ["a", "c"]], ["材料", ["b"]]]);
  });

  it("is asked for once for each code", async () => {
    const find = vi.fn(async (code: string) => (code === "known" ? [entry("a", "填写"), entry("b", "填写")] : []));
    expect((await helpFor("known", find))?.id).toBe("a");
    expect((await helpFor("known", find))?.id).toBe("a");
    expect(await helpFor("unknown", find)).toBeNull();
    expect(find).toHaveBeenCalledTimes(2);
  });

  it("is simply not there where asking fails, and is asked for again", async () => {
    const find = vi.fn().mockRejectedValueOnce(new Error("closed")).mockResolvedValueOnce([entry("a", "填写")]);
    expect(await helpFor("flaky", find)).toBeNull();
    expect((await helpFor("flaky", find))?.id).toBe("a");
  });
});
