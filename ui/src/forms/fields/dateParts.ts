// A typed date in its three parts. Whether it is a date at all is the program's business.

export type DateParts = { year: string; month: string; day: string };

/** `1958-03-12` and half-typed `1958--` into parts; months and days lose their leading zero. */
export function partsOf(text: string): DateParts {
  const [year = "", month = "", day = ""] = text.split("-");
  return { year, month: bare(month), day: bare(day) };
}

/** The parts as `YYYY-MM-DD`; a half-typed date keeps its dashes, an empty one is nothing. */
export function joined({ year, month, day }: DateParts): string | null {
  const parts = [year.trim(), filled(month), filled(day)];
  return parts.every((part) => part === "") ? null : parts.join("-");
}

/** A whole date pasted into one box, for example `1958.3.12`, `1958年3月12日` or `19580312`; `null` where it is not one. */
export function pasted(text: string): DateParts | null {
  const match = /^\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*$/.exec(text) ?? /^\s*(\d{4})(\d{2})(\d{2})\s*$/.exec(text);
  if (!match) return null;
  const [, year = "", month = "", day = ""] = match;
  return { year, month: bare(month), day: bare(day) };
}

const bare = (part: string) => (/^0\d$/.test(part) ? part.slice(1) : part);

function filled(part: string): string {
  const text = part.trim();
  return /^\d$/.test(text) ? `0${text}` : text;
}
