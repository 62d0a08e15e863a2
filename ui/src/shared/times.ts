// Days and moments as a person reads them, in the office's time zone: its deadlines are days there.
import { language } from "./language";

const ZONE = "Asia/Shanghai";
const reading = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

type Moment = { year: number; month: number; day: number; clock: string };

/** What calendar and clock show at the office; `null` where the text is no time. */
function atOffice(time: Date): Moment | null {
  if (Number.isNaN(time.getTime())) return null;
  const parts = Object.fromEntries(reading.formatToParts(time).map(({ type, value }) => [type, value]));
  return { year: Number(parts.year), month: Number(parts.month), day: Number(parts.day), clock: `${parts.hour}:${parts.minute}` };
}

function dayWords(year: number, month: number, day: number): string {
  const thisYear = atOffice(new Date())?.year === year;
  if (language.value === "en") {
    const words = new Date(year, month - 1, day).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    return thisYear ? words : `${words} ${year}`;
  }
  return thisYear ? `${month} 月 ${day} 日` : `${year} 年 ${month} 月 ${day} 日`;
}

/** A calendar day, `YYYY-MM-DD`. */
export function day(date: string): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  return dayWords(year, month, dayOfMonth);
}

/** A moment in time: the clock alone for today, else day and clock. */
export function moment(at: string): string {
  const then = atOffice(new Date(at));
  const now = atOffice(new Date());
  if (!then) return "";
  if (then.year === now?.year && then.month === now.month && then.day === now.day) {
    return language.value === "en" ? `today ${then.clock}` : `今天 ${then.clock}`;
  }
  return `${dayWords(then.year, then.month, then.day)} ${then.clock}`;
}

/** `09:12`. */
export function clockOf(at: string): string {
  return atOffice(new Date(at))?.clock ?? "";
}

/** Whole days from today to a calendar day; 0 today, negative when past. */
export function daysUntil(date: string, now = new Date()): number {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  const today = atOffice(now);
  if (!today) return 0;
  return Math.round((Date.UTC(year, month - 1, dayOfMonth) - Date.UTC(today.year, today.month - 1, today.day)) / 86_400_000);
}
