// The timeline of a case: what happened, what is now, and the step that comes next.
import type { ApplicationView, Service, Text } from "@/host";
import { say } from "@/shared/language";
import { promised, reviewed } from "@/shared/promises";
import { statuses } from "@/shared/statuses";
import { printedDay, printedMoment } from "@/shared/times";
import type { Step } from "@/shared/Timeline.vue";

const words = {
  review: { zh: "审核", en: "Review" },
  result: { zh: "有结果", en: "Answer" },
  sent: { zh: "送到医保经办机构", en: "Reaches the office" },
  submit: { zh: "提交", en: "Submit" },
  by: (date: string) => ({ zh: `${date}前`, en: `by ${date}` }),
};

export function happenings(application: ApplicationView, service: Service): Step[] {
  const { status, timeline } = application;
  const ended = ["approved", "rejected", "withdrawn", "supplement_expired"].includes(status);
  const past = timeline.map((entry, index): Step => {
    const last = index === timeline.length - 1;
    return {
      key: `${index}`,
      title: say(statuses[entry.status].word),
      // The slip is printed, too.
      meta: printedMoment(entry.at),
      note: entry.note ?? undefined,
      state: last && !ended ? "now" : "done",
    };
  });
  if (past.length === 0) past.push({ key: "now", title: say(statuses[status].word), meta: printedMoment(application.savedAt), state: "now" });
  return [...past, ...ahead(application, service)];
}

function ahead({ status, dueOn }: ApplicationView, service: Service): Step[] {
  const later = (key: string, title: Text, meta?: Text): Step => ({ key, title: say(title), meta: meta && say(meta), state: "later" });
  const result = later("result", words.result, dueOn ? words.by(printedDay(dueOn)) : undefined);
  const review = reviewed(service.review.promise) ? [later("review", words.review, promised(service.review.promise))] : [];
  switch (status) {
    case "draft":
      return [later("submit", words.submit), ...review, result];
    case "awaiting_upload":
    case "uploading":
    case "quarantined":
      return [later("sent", words.sent), ...review, result];
    case "submitted":
    case "supplement_needed":
      return [...review, result];
    case "in_review":
      return [result];
    default:
      return [];
  }
}
