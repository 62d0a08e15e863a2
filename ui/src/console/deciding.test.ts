import { describe, expect, it } from "vitest";
import type { CaseDetail } from "@/host/bindings/CaseDetail";
import { compose, missing, pointable, type Draft } from "./deciding";

const text = (zh: string) => ({ zh, en: zh });
const detail = {
  revision: 3,
  answers: [{ field: "address" }, { field: "sex" }],
  service: {
    sections: [
      {
        fields: [
          { id: "address", label: text("住址"), calculated: false },
          { id: "sex", label: text("性别"), calculated: true },
          { id: "email", label: text("邮箱"), calculated: false },
        ],
      },
    ],
    materials: [
      { alternatives: [{ slots: [{ id: "portrait", title: text("照片") }] }, { slots: [{ id: "permit", title: text("居住证") }] }] },
    ],
  },
  evaluation: { materials: [{ relevant: true, slots: [{ id: "portrait" }] }] },
} as unknown as CaseDetail;
const draft = (part: Partial<Draft>): Draft => ({ outcome: null, items: {}, reason: "", ...part });

describe("a decision", () => {
  it("points only at what was asked and can be mended", () => {
    expect(pointable(detail).map(({ id }) => id)).toEqual(["address", "portrait"]);
  });

  it("says what is missing, by the control to go to", () => {
    expect(missing(draft({})).map(({ mark }) => mark)).toEqual(["approve"]);
    expect(missing(draft({ outcome: "reject", reason: "  " })).map(({ mark }) => mark)).toEqual(["reject-reason"]);
    expect(missing(draft({ outcome: "request_supplement" })).map(({ mark }) => mark)).toEqual(["request-supplement"]);
    const items = { portrait: { code: "other", message: "" } };
    expect(missing(draft({ outcome: "request_supplement", items })).map(({ mark }) => mark)).toEqual(["finding-message-portrait"]);
    expect(missing(draft({ outcome: "approve", items }))).toEqual([]);
  });

  it("carries only what belongs to its outcome, and the revision that was seen", () => {
    const written = draft({
      outcome: "request_supplement",
      items: { portrait: { code: "unreadable", message: " 看不清 " } },
      reason: "not for this outcome",
    });
    expect(compose(written, detail)).toEqual({
      revision: 3,
      outcome: "request_supplement",
      findings: [{ code: "unreadable", target: { kind: "slot", id: "portrait" }, message: text("看不清") }],
      reason: null,
    });
    expect(compose({ ...written, outcome: "approve" }, detail).findings).toEqual([]);
    expect(compose({ ...written, outcome: "reject" }, detail).reason).toBe("not for this outcome");
  });
});
