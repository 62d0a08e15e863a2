// The three heaps of 我的办件.
import type { Status } from "@/host";

export type Filter = "all" | "yours" | "moving" | "done";

const groups: Record<Status, Exclude<Filter, "all">> = {
  draft: "yours",
  supplement_needed: "yours",
  quarantined: "yours",
  awaiting_upload: "moving",
  uploading: "moving",
  submitted: "moving",
  in_review: "moving",
  approved: "done",
  rejected: "done",
  withdrawn: "done",
  supplement_expired: "done",
};

export const groupOf = (status: Status) => groups[status];
