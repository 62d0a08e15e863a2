// By when an application is answered, in words.
import type { ReviewPromise } from "@/host/bindings/ReviewPromise";
import type { Text } from "./language";

/** `3–5 个工作日`; short, for a line of a timeline. */
export function promised(promise: ReviewPromise): Text {
  switch (promise.kind) {
    case "at_once":
      return { zh: "不用审核", en: "No review" };
    case "not_promised":
      return { zh: "没有规定的天数", en: "No fixed time" };
    case "working_days": {
      const days = promise.min === promise.max ? String(promise.max) : `${promise.min}–${promise.max}`;
      return { zh: `${days} 个工作日`, en: `${days} working ${days === "1" ? "day" : "days"}` };
    }
  }
}

/** Whether a reviewer looks at it at all. */
export const reviewed = (promise: ReviewPromise): boolean => promise.kind !== "at_once";

/** The same as a sentence about the answer. Nothing is collected here, so no sentence speaks of money as paid. */
export function answered(promise: ReviewPromise): Text {
  switch (promise.kind) {
    case "at_once":
      return { zh: "不用审核，送到就登记好；登记不等于缴费", en: "No review: it is registered as soon as it has arrived; nothing is paid by that" };
    case "not_promised":
      return { zh: "没有规定几天办完，有结果会在这里提醒您", en: "There is no fixed time; you are notified here when there is an answer" };
    case "working_days": {
      const days = promised(promise);
      return { zh: `${days.zh}内有结果`, en: `An answer within ${days.en}` };
    }
  }
}
