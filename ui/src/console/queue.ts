// The ways to look at the queue.
import type { QueueItem } from "@/host/bindings/QueueItem";
import type { Text } from "@/shared/language";

export type View = "open" | "waiting" | "closed" | "all";
type Look = { title: Text; has: (item: QueueItem) => boolean };

export const views: Record<View, Look> = {
  open: {
    title: { zh: "等我们审核", en: "Waiting for us" },
    has: ({ status }) => status === "submitted" || status === "in_review",
  },
  waiting: { title: { zh: "等申请人补充", en: "Waiting for the applicant" }, has: ({ status }) => status === "supplement_needed" },
  closed: {
    title: { zh: "已办结", en: "Closed" },
    has: ({ status }) => ["approved", "rejected", "withdrawn", "supplement_expired"].includes(status),
  },
  all: { title: { zh: "全部", en: "All" }, has: () => true },
};
