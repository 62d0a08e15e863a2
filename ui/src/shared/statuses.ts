// How each status is called, stamped and coloured, on the desk and on the console.
import type { Status } from "@/host/bindings/Status";
import type { Text } from "./language";

export type Tone = "plain" | "info" | "ok" | "warn" | "err";
type Look = { word: Text; chop: string; tone: Tone; solid: boolean };

/** Hollow = still moving; solid = finished, or it is your turn. */
export const statuses: Record<Status, Look> = {
  draft: { word: { zh: "草稿", en: "Draft" }, chop: "草稿", tone: "plain", solid: false },
  awaiting_upload: { word: { zh: "待上传", en: "Waiting to be sent" }, chop: "待传", tone: "plain", solid: false },
  uploading: { word: { zh: "上传中", en: "Being sent" }, chop: "上传", tone: "info", solid: false },
  submitted: { word: { zh: "已提交", en: "Submitted" }, chop: "提交", tone: "info", solid: false },
  in_review: { word: { zh: "受理中", en: "In review" }, chop: "受理", tone: "info", solid: false },
  supplement_needed: { word: { zh: "需补充材料", en: "More needed from you" }, chop: "补正", tone: "warn", solid: true },
  approved: { word: { zh: "审核通过", en: "Approved" }, chop: "通过", tone: "ok", solid: true },
  rejected: { word: { zh: "已驳回", en: "Rejected" }, chop: "驳回", tone: "err", solid: true },
  withdrawn: { word: { zh: "已撤回", en: "Withdrawn" }, chop: "撤回", tone: "plain", solid: true },
  supplement_expired: { word: { zh: "补充逾期", en: "Supplement overdue" }, chop: "逾期", tone: "err", solid: true },
  quarantined: { word: { zh: "需要处理", en: "Needs attention" }, chop: "待办", tone: "warn", solid: true },
};
