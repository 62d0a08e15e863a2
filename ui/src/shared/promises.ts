// By when an application is answered, in words.
import type { ReviewPromise } from "@/host/bindings/ReviewPromise";
import type { Text } from "./language";

/** `3–5 个工作日`; short, for a line of a timeline. */
export function promised(promise: ReviewPromise): Text {
  switch (promise.kind) {
    case "at_once":
      return { zh: "马上", en: "At once" };
    case "not_promised":
      return { zh: "没有规定的天数", en: "No fixed time" };
    case "working_days": {
      const days = promise.min === promise.max ? String(promise.max) : `${promise.min}–${promise.max}`;
      return { zh: `${days} 个工作日`, en: `${days} working ${days === "1" ? "day" : "days"}` };
    }
  }
}

/** The same as a sentence about the answer. */
export function answered(promise: ReviewPromise): Text {
  switch (promise.kind) {
    case "at_once":
      return { zh: "送到以后马上有结果", en: "An answer as soon as it has arrived" };
    case "not_promised":
      return { zh: "没有规定几天办完，有结果会在这里提醒您", en: "There is no fixed time; you are notified here when there is an answer" };
    case "working_days": {
      const days = promised(promise);
      return { zh: `${days.zh}内有结果`, en: `An answer within ${days.en}` };
    }
  }
}
