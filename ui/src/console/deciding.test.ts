import { describe, expect, it } from "vitest";
import type { CaseDetail } from "@/host/bindings/CaseDetail";
import { compose, missing, pointable, type Draft } from "./deciding";

const text = (zh: string) => ({ zh, en: zh });
const detail = {
  revision: 3,
  answers: [{ field: "address" }, { field: "sex" }],
  service: {
    review: { writtenAnswer: false },
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
const answered = { ...detail, service: { ...detail.service, review: { ...detail.service.review, writtenAnswer: true } } };
const draft = (part: Partial<Draft>): Draft => ({ outcome: null, items: {}, reason: "", answer: "", ...part });
const marks = (part: Partial<Draft>, of = detail) => missing(draft(part), of).map(({ mark }) => mark);

describe("a decision", () => {
  it("points only at what was asked and can be mended", () => {
    expect(pointable(detail).map(({ id }) => id)).toEqual(["address", "portrait"]);
  });

  it("says what is missing, by the control to go to", () => {
    expect(marks({})).toEqual(["approve"]);
    expect(marks({ outcome: "reject", reason: "  " })).toEqual(["reject-reason"]);
    expect(marks({ outcome: "request_supplement" })).toEqual(["request-supplement"]);
    const items = { portrait: { code: "other", message: "" } };
    expect(marks({ outcome: "request_supplement", items })).toEqual(["finding-message-portrait"]);
    expect(marks({ outcome: "reject", reason: "no", items })).toEqual(["finding-message-portrait"]);
    expect(marks({ outcome: "approve", items })).toEqual([]);
  });

  it("is not an approval without the answer that the service promises", () => {
    expect(marks({ outcome: "approve", answer: " \n" }, answered)).toEqual(["approve-answer"]);
    expect(marks({ outcome: "approve", answer: "在学校交。" }, answered)).toEqual([]);
    expect(compose(draft({ outcome: "approve", answer: " 在学校交。\n" }), answered).reason).toBe("在学校交。");
    expect(compose(draft({ outcome: "approve" }), detail).reason).toBeNull();
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
    expect(compose({ ...written, outcome: "approve" }, detail).reason).toBeNull();
    const rejected = compose({ ...written, outcome: "reject", reason: "不在本地参保范围" }, detail);
    expect(rejected.reason).toBe("不在本地参保范围");
    expect(rejected.findings).toEqual([{ code: "unreadable", target: { kind: "slot", id: "portrait" }, message: text("看不清") }]);
  });
});
