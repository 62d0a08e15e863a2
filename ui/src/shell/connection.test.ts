import { describe, expect, it, vi } from "vitest";
import { effectScope } from "vue";
import type { Connection } from "@/host";

const told = vi.hoisted(() => ({ take: (_: Connection): void => undefined, rows: [] as { status: string }[] }));
vi.mock("@/host", () => ({
  host: { getConnection: () => new Promise(() => undefined), listCases: async () => told.rows },
  on: (name: string, then: (next: Connection) => void) => {
    if (name === "connection_changed") told.take = then;
  },
}));
const { followConnection, sentLately } = await import("./connection");

const waiting = (n: number): Connection => ({ online: true, waiting: n, heldBack: [], sending: null, lastProblem: null, catalogueProblem: null, lastSyncedAt: null });

describe("everything has arrived", () => {
  it("is said when nothing waits any more, unless the office refused something", async () => {
    effectScope().run(followConnection);
    for (const [status, said] of [["quarantined", false], ["submitted", true]] as const) {
      told.rows = [{ status }];
      told.take(waiting(1));
      told.take(waiting(0));
      await new Promise((resolve) => setTimeout(resolve));
      expect(sentLately.value).toBe(said);
    }
  });
});
