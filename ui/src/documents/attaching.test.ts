import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, type EffectScope } from "vue";
import type { ApplicationView, AttachOutcome } from "@/host";

const host = vi.hoisted(() => ({ chooseDocuments: vi.fn(), removeDocument: vi.fn(), restoreDocument: vi.fn(), takeOffer: vi.fn() }));
vi.mock("@/host", () => ({ host, on: () => undefined, explain: (failure: unknown) => failure }));
const { useAttaching } = await import("./attaching");

const application = {} as ApplicationView;
const outcome = (undo: string | null): AttachOutcome => ({ application, refused: [], undo, offer: null });

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
    expect(attaching.of("portrait").undos).toContainEqual({ undo: "replaced", name: "b.jpg", what: "replaced" });
    await attaching.restore("portrait", "removed");
    expect(offered()).toEqual(["replaced"]);
  });

  it("stands beside what the edit made of it", () => {
    attaching.became("portrait", { undo: "edited", application }, "a.jpg", "edited");
    attaching.became("portrait", { undo: null, application }, "a.jpg", "edited");
    expect(offered()).toEqual(["edited"]);
  });
});

describe("more files than there is room for", () => {
  it("wait for an answer, which ends the offer", async () => {
    const scope = effectScope();
    const attaching = scope.run(() => useAttaching("a1", () => undefined))!;
    const offer = { offer: "o1", names: ["a.jpg", "b.jpg"], room: 1 };
    host.chooseDocuments.mockResolvedValue({ ...outcome(null), offer });
    host.takeOffer.mockResolvedValue(outcome(null));
    await attaching.choose("portrait");
    expect(attaching.of("portrait").offer).toEqual(offer);
    await attaching.takeOffer("portrait", "o1", true);
    expect(host.takeOffer).toHaveBeenCalledWith("a1", "o1", true);
    expect(attaching.of("portrait").offer).toBeNull();
    scope.stop();
  });
});
