import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, type EffectScope } from "vue";
import type { ApplicationView, AttachOutcome } from "@/host";

const host = vi.hoisted(() => ({ chooseDocuments: vi.fn(), removeDocument: vi.fn(), restoreDocument: vi.fn() }));
vi.mock("@/host", () => ({ host, on: () => undefined, explain: (failure: unknown) => failure }));
const { useAttaching } = await import("./attaching");

const application = {} as ApplicationView;
const outcome = (undo: string | null): AttachOutcome => ({ application, refused: [], undo });

describe("what was taken away or replaced", () => {
  let scope: EffectScope;
  let attaching: ReturnType<typeof useAttaching>;
  beforeEach(() => {
    scope = effectScope();
    attaching = scope.run(() => useAttaching("a1", () => undefined))!;
    host.removeDocument.mockResolvedValue({ undo: "removed", application });
    host.restoreDocument.mockResolvedValue(application);
  });
  afterEach(() => scope.stop());
  const offered = () => attaching.of("portrait").undos.map(({ undo }) => undo);

  it("can be brought back after other documents were added", async () => {
    await attaching.remove("portrait", 0, "a.jpg");
    host.chooseDocuments.mockResolvedValue(outcome(null));
    await attaching.choose("portrait");
    expect(offered()).toEqual(["removed"]);
  });

  it("is offered until it is used", async () => {
    await attaching.remove("portrait", 0, "a.jpg");
    host.chooseDocuments.mockResolvedValue(outcome("replaced"));
    await attaching.replace("portrait", 0, "b.jpg");
    expect(attaching.of("portrait").undos).toContainEqual({ undo: "replaced", name: "b.jpg", replaced: true });
    await attaching.restore("portrait", "removed");
    expect(offered()).toEqual(["replaced"]);
  });
});
