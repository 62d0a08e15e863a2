// What the server refused, in a reviewer's words: what is wrong, and how to get on.
import type { Text } from "@/shared/language";

/** What is wrong, and how to get on. */
export type Words = { message: Text; hint: Text };

/** A refusal with its stable code. */
export class Failure extends Error {
  constructor(
    readonly code: string,
    readonly told: Words,
  ) {
    super(code);
  }
}

const known: Record<string, Words> = {
  conflict: {
    message: { zh: "这一件已经有别的审核员在办，或者状态刚变", en: "Another reviewer has this case, or its status has just changed" },
    hint: { zh: "页面会重新读取，请再看一遍。", en: "The page is read again; please look once more." },
  },
  precondition_failed: {
    message: { zh: "申请人刚交了新的版本", en: "The applicant has just handed in a newer version" },
    hint: { zh: "页面会重新读取，请看过新版本再决定。", en: "The page is read again; please look at it before deciding." },
  },
  malformed: {
    message: { zh: "决定没有写完整", en: "The decision is not complete" },
    hint: { zh: "请看看每一项是否都写了说明。", en: "Please see whether every item says what to mend." },
  },
  not_found: {
    message: { zh: "没有找到这一件", en: "This case was not found" },
    hint: { zh: "回到队列，再打开一次。", en: "Go back to the queue and open it again." },
  },
  rate_limited: {
    message: { zh: "从这里发来的请求太多了", en: "Too many requests came from here" },
    hint: { zh: "过一分钟再按一次。", en: "Press again in a minute." },
  },
  busy: {
    message: { zh: "服务器正忙，没有保存这一步", en: "The server is busy and did not keep this step" },
    hint: { zh: "过一分钟再按一次，已写的内容还在。", en: "Press again in a minute; what you wrote is still here." },
  },
};

const otherwise: Words = {
  message: { zh: "服务器没有办成这一步", en: "The server could not do this" },
  hint: { zh: "已写的内容还在。过几分钟再试；还不行，请把时间告诉系统管理员。", en: "What you wrote is still here. Try again in a few minutes, or tell the operator the time." },
};

export function unreachable(): Failure {
  return new Failure("unreachable", {
      message: { zh: "连不上服务器", en: "The server cannot be reached" },
      hint: { zh: "已写的内容还在。检查网络后再按一次。", en: "What you wrote is still here. Check the network and press again." },
    });
}

export async function failed(answer: Response): Promise<Failure> {
  const problem: unknown = await answer.json().catch(() => null);
  const code =
    typeof problem === "object" && problem !== null && "code" in problem && typeof problem.code === "string"
      ? problem.code
      : "internal";
  if (code === "locked") {
    // How long, the server says; it is its rule.
    const minutes = Math.ceil(Number(answer.headers.get("Retry-After")) / 60);
    const when = minutes > 0 ? { zh: `${minutes} 分钟后`, en: `in ${minutes} minutes` } : { zh: "过一阵", en: "later" };
    return new Failure(code, {
      message: { zh: `登录失败太多次，${when.zh}再试`, en: `Too many failed logins; try again ${when.en}` },
      hint: { zh: "忘了密码，请系统管理员重设一个。", en: "If you forgot the password, ask the operator for a new one." },
    });
  }
  if (code === "unauthorised") {
    return new Failure(code, {
      message: { zh: "名字和密码对不上", en: "Name and password do not fit" },
      hint: { zh: "请对着看一遍，注意大小写。连着输错会锁住，到时会说要等几分钟。", en: "Please look once more, also at capitals. Wrong tries in a row lock the name; you are told for how many minutes." },
    });
  }
  const words = known[code] ?? otherwise;
  return new Failure(code, words);
}
