// The questions of the calculator, drawn like those of a form, and what is told to the program once they are answered.
// How many months it is remains the program's business.
import type { Answers, Field, FieldState, Finding, Text, WaitingQuestion } from "@/host";

const field = (id: string, kind: Field["kind"], label: Text, hint: Text | null, choices: Field["choices"] = []): Field => ({
  id, kind, label, hint, choices, table: null, calculated: false, consent: null, rows: null,
});
const choice = (value: string, label: Text): Field["choices"][number] => ({ value, label, hint: null, search: "" });

export const questions: Field[] = [
  field("place", "region", { zh: "打算在哪里参保", en: "Where you wish to be insured" }, { zh: "各地的规定可能不一样", en: "Rules may differ from place to place" }),
  field("lapsed", "number", { zh: "有几年没有参加任何医保", en: "Years without any basic insurance" }, {
    zh: "整年的个数；参加职工医保的年份不算。没有断过写 0",
    en: "Whole years; years in employee insurance do not count. Write 0 if there was no gap",
  }),
  field("repaid", "number", { zh: "打算补缴几年", en: "Years you wish to pay back" }, { zh: "不补缴写 0", en: "Write 0 for none" }),
  field("in_window", "choice", { zh: "在集中参保期里办吗", en: "Within the enrolment window?" }, { zh: "一般是每年 9 月到 12 月", en: "Usually from September to December" }, [
    choice("yes", { zh: "在集中参保期里", en: "Within it" }),
    choice("no", { zh: "已经过了集中参保期", en: "After it" }),
  ]),
];

const MOST = 60;
const missing: Record<string, Text> = {
  place: { zh: "请选打算在哪里参保", en: "Choose where you wish to be insured" },
  lapsed: { zh: "请写有几年没有参加医保，没有断过写 0", en: "Write how many years you had no insurance; 0 if there was no gap" },
  repaid: { zh: "请写打算补缴几年，不补缴写 0", en: "Write how many years you wish to pay back; 0 for none" },
  in_window: { zh: "请选是不是在集中参保期里办", en: "Choose whether it is within the enrolment window" },
};
const years: Text = { zh: `请写 0 到 ${MOST} 的整数，例如 3`, en: `Write a whole number from 0 to ${MOST}, for example 3` };
const tooMany: Text = {
  zh: "补缴的年数比断保的年数多。请改成不超过断保年数的数字",
  en: "More years are paid back than were missed. Write at most the years that were missed",
};

/** `３ 年` is 3; what is no whole number of years is nothing. */
export function wholeYears(text: string): number | null {
  const digits = text.normalize("NFKC").replace(/\s|年/g, "");
  if (!/^\d{1,2}$/.test(digits)) return null;
  const number = Number(digits);
  return number <= MOST ? number : null;
}

/** Repaying is asked only of who has missed a year. */
export function isAsked(id: string, answers: Answers): boolean {
  return id !== "repaid" || (typeof answers.lapsed === "string" && (wholeYears(answers.lapsed) ?? 0) > 0);
}

/** What stands in the way of an answer, by question. */
export function findingsOf(answers: Answers): Record<string, Finding[]> {
  const told = (id: string, code: string, severity: Finding["severity"], message: Text): Finding[] => [
    { code: `${id}.${code}`, severity, target: { kind: "field", id }, message },
  ];
  const found: Record<string, Finding[]> = {};
  for (const { id, kind } of questions) {
    const answer = answers[id];
    if (!isAsked(id, answers)) continue;
    if (typeof answer !== "string" || answer.trim() === "") found[id] = told(id, "missing", "missing", missing[id]!);
    else if (kind === "number" && wholeYears(answer) === null) found[id] = told(id, "whole_years", "wrong", years);
  }
  const [lapsed, repaid] = [answers.lapsed, answers.repaid].map((answer) => (typeof answer === "string" ? wholeYears(answer) : null));
  if (isAsked("repaid", answers) && lapsed != null && repaid != null && repaid > lapsed) {
    found.repaid = told("repaid", "more_than_lapsed", "wrong", tooMany);
  }
  return found;
}

export function statesOf(answers: Answers): Record<string, FieldState> {
  const found = findingsOf(answers);
  return Object.fromEntries(
    questions.map(({ id }): [string, FieldState] => [
      id,
      {
        relevant: isAsked(id, answers), required: true, derived: false, value: null, display: { zh: "", en: "" }, masked: { zh: "", en: "" },
        findings: found[id] ?? [], note: null, choices: null, rows: [],
      },
    ]),
  );
}

/** The question as the program takes it; nothing while something stands in the way. */
export function questionOf(answers: Answers): WaitingQuestion | null {
  if (Object.keys(findingsOf(answers)).length > 0) return null;
  const yearsOf = (id: string) => (isAsked(id, answers) ? (wholeYears(answers[id] as string) ?? 0) : 0);
  // A county that was typed by hand stands behind its city.
  const [place = ""] = (answers.place as string).split("/");
  return { place, lapsedYears: yearsOf("lapsed"), repaidYears: yearsOf("repaid"), inWindow: answers.in_window === "yes" };
}
