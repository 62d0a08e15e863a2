import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, type EffectScope } from "vue";
import type { ApplicationView, AttachOutcome } from "@/host";

const host = vi.hoisted(() => ({ chooseDocuments: vi.fn(), removeDocument: vi.fn(), restoreDocument: vi.fn(), takeOffer: vi.fn(), rotateDocument: vi.fn() }));
vi.mock("@/host", () => ({ host, on: () => undefined, explain: (failure: unknown) => failure }));
const { useAttaching } = await import("./attaching");

const application = {} as ApplicationView;
const outcome = (replaced: AttachOutcome["replaced"]): AttachOutcome => ({ application, refused: [], replaced, offer: null });

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
    host.chooseDocuments.mockResolvedValue(outcome({ undo: "replaced", name: "b.jpg" }));
    await attaching.replace("portrait", 0);
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

describe("a second press", () => {
  it("changes nothing while the first is still at work, and other slots go on", async () => {
    const scope = effectScope();
    const attaching = scope.run(() => useAttaching("a1", () => undefined))!;
    let done: (view: ApplicationView) => void = () => undefined;
    host.rotateDocument.mockImplementation(() => new Promise((resolve) => (done = resolve)));
    host.removeDocument.mockClear().mockResolvedValue({ undo: "removed", application });
    const turning = attaching.rotate("portrait", 0, 1);
    void attaching.rotate("portrait", 0, 1);
    void attaching.remove("portrait", 0, "a.jpg");
    await attaching.remove("invoice", 0, "b.jpg");
    expect(host.rotateDocument).toHaveBeenCalledTimes(1);
    expect(host.removeDocument.mock.calls).toEqual([["a1", "invoice", 0]]);
    done(application);
    await turning;
    expect(attaching.of("portrait").busy).toBe(false);
    scope.stop();
  });
});
