// What a decision must say before it goes, and how it is put together.
import type { CaseDetail } from "@/host/bindings/CaseDetail";
import type { Decision } from "@/host/bindings/Decision";
import type { ReviewOutcome } from "@/host/bindings/ReviewOutcome";
import type { Target } from "@/host/bindings/Target";
import type { Text } from "@/shared/language";

/** What stands in the form. `items` by the id of the field or slot; `answer` goes with an approval, `reason` with a rejection. */
export type Draft = { outcome: ReviewOutcome | null; items: Record<string, { code: string; message: string }>; reason: string; answer: string };
export type Pointable = { id: string; target: Target; title: Text };

/** Usual causes with the sentence that goes with them. */
export const reasons: { code: string; title: Text; message: Text | null }[] = [
  { code: "other", title: { zh: "其他，自己写", en: "Other, in your own words" }, message: null },
  {
    code: "unreadable",
    title: { zh: "看不清", en: "Not readable" },
    message: { zh: "照片模糊或反光，字看不清。放平、关掉闪光灯，再拍一张。", en: "The photo is blurred or has glare. Lay it flat, switch the flash off and take it again." },
  },
  {
    code: "incomplete",
    title: { zh: "不完整", en: "Not complete" },
    message: { zh: "四个角没有拍全，或者缺页。请补全。", en: "Corners or pages are missing. Please complete it." },
  },
  {
    code: "wrong_document",
    title: { zh: "不是这份材料", en: "Another paper" },
    message: { zh: "交的不是这份材料，请换成要求的那一份。", en: "This is another paper. Please replace it by the one that is asked for." },
  },
  {
    code: "expired",
    title: { zh: "已过有效期", en: "Expired" },
    message: { zh: "证件已过有效期，请交在有效期内的。", en: "The document has expired. Please hand in a valid one." },
  },
  {
    code: "mismatch",
    title: { zh: "填写和材料对不上", en: "Answer and paper differ" },
    message: { zh: "填写的和材料上的不一样，请对着材料改。", en: "The answer differs from the paper. Please correct it by the paper." },
  },
];

/** Everything a supplement may ask for and a rejection be about: what was asked in this revision, and nothing that follows by itself. */
export function pointable(detail: CaseDetail): Pointable[] {
  const asked = new Set(detail.answers.map((answer) => answer.field));
  const fields = detail.service.sections
    .flatMap((section) => section.fields)
    .filter((field) => asked.has(field.id) && !field.calculated)
    .map((field): Pointable => ({ id: field.id, target: { kind: "field", id: field.id }, title: field.label }));
  const open = new Set(
    detail.evaluation.materials.filter((material) => material.relevant).flatMap((material) => material.slots.map((slot) => slot.id)),
  );
  const slots = detail.service.materials
    .flatMap((material) => material.alternatives)
    .flatMap((way) => way.slots)
    .filter((slot) => open.has(slot.id))
    .map((slot): Pointable => ({ id: slot.id, target: { kind: "slot", id: slot.id }, title: slot.title }));
  return [...fields, ...slots];
}

/** What still has to be written; `mark` is the id of the control. */
export function missing(draft: Draft, detail: CaseDetail): { mark: string; message: Text }[] {
  if (draft.outcome === null) {
    return [{ mark: "approve", message: { zh: "请选一个决定：通过、需补充材料或驳回", en: "Please choose: approve, supplement or reject" } }];
  }
  if (draft.outcome === "approve") {
    const owed = detail.service.review.writtenAnswer && draft.answer.trim() === "";
    return owed ? [{ mark: "approve-answer", message: { zh: "这个事项答应了书面答复，请写给申请人的答复", en: "This service promises an answer in writing; please write it" } }] : [];
  }
  const items = Object.entries(draft.items);
  const untold = items
    .filter(([, item]) => item.message.trim() === "")
    .map(([id]) => ({
      mark: `finding-message-${id}`,
      message: { zh: "勾了的每一项都要写说明，申请人照着改", en: "Every ticked item needs a sentence for the applicant" },
    }));
  if (draft.outcome === "reject" && draft.reason.trim() === "") {
    return [{ mark: "reject-reason", message: { zh: "请写驳回理由，申请人要知道为什么", en: "Please write the reason; the applicant must know why" } }, ...untold];
  }
  if (draft.outcome === "request_supplement" && items.length === 0) {
    return [{ mark: "request-supplement", message: { zh: "请至少勾一项要补充的填写项或材料", en: "Please tick at least one answer or document" } }];
  }
  return untold;
}

/** The decision as the server reads it. Only what belongs to the chosen outcome goes along. */
export function compose(draft: Draft, detail: CaseDetail): Decision {
  const outcome = draft.outcome ?? "approve";
  const findings =
    outcome === "approve"
      ? []
      : pointable(detail).flatMap(({ id, target }) => {
          const item = draft.items[id];
          const message = item?.message.trim() ?? "";
          return item ? [{ code: item.code, target, message: { zh: message, en: message } }] : [];
        });
  const told = { approve: draft.answer, reject: draft.reason, request_supplement: "" }[outcome].trim();
  return { revision: detail.revision, outcome, findings, reason: told === "" ? null : told };
}
