// Days and moments as a person reads them, by the office's clock wherever the computer stands.
import { language } from "./language";

const two = (n: number) => String(n).padStart(2, "0");

/** China keeps UTC+8 the whole year. A date whose UTC parts are what the clock in China shows. */
function inChina(at: Date): Date {
  return new Date(at.getTime() + 8 * 3_600_000);
}

/** Without `now` always with its year, as paper needs it that is read in another one. */
function dayWords(year: number, month: number, day: number, now?: Date): string {
  const thisYear = now !== undefined && inChina(now).getUTCFullYear() === year;
  if (language.value === "en") {
    const date = new Date(Date.UTC(year, month - 1, day));
    const words = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
    return thisYear ? words : `${words} ${year}`;
  }
  return thisYear ? `${month} 月 ${day} 日` : `${year} 年 ${month} 月 ${day} 日`;
}

function dayOf(date: string, now?: Date): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  return dayWords(year, month, dayOfMonth, now);
}

/** A calendar day, `YYYY-MM-DD`. */
export function day(date: string): string {
  return dayOf(date, new Date());
}

/** The same on paper. */
export function printedDay(date: string): string {
  return dayOf(date);
}

/** A moment in time: the clock alone for today, else day and clock. */
export function moment(at: string, now = new Date()): string {
  const time = inChina(new Date(at));
  if (Number.isNaN(time.getTime())) return "";
  const clock = clockOf(at);
  if (time.toISOString().slice(0, 10) === inChina(now).toISOString().slice(0, 10)) {
    return language.value === "en" ? `today ${clock}` : `今天 ${clock}`;
  }
  return `${dayWords(time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), now)} ${clock}`;
}

/** A moment on paper: day, year and clock. */
export function printedMoment(at: string): string {
  const time = inChina(new Date(at));
  if (Number.isNaN(time.getTime())) return "";
  return `${dayWords(time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate())} ${clockOf(at)}`;
}

/** `09:12`. */
export function clockOf(at: string): string {
  const time = inChina(new Date(at));
  return Number.isNaN(time.getTime()) ? "" : `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
}
