// Every failure of a command reaches the page as an `Explained`; anything else is a fault of the program itself.
import type { Explained } from "./bindings";

/** The failure as the page shows it. */
export function explain(failure: unknown): Explained {
  if (typeof failure === "object" && failure !== null && "code" in failure && "message" in failure) {
    const known = failure as Explained;
    if (typeof known.message === "object") return known;
  }
  return {
    code: "unexpected",
    message: { zh: "程序出了一点问题，已经填好的都还在", en: "Something went wrong in the program. What you filled in is still here" },
    hint: {
      zh: "请关掉程序再打开一次。还是不行，请拨打 12393",
      en: "Please close the program and open it again. If that does not help, call 12393",
    },
    details: String(failure),
  };
}
