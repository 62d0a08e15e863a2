// Days and moments as a person reads them, in the computer's own time zone.
import { language } from "./language";

const two = (n: number) => String(n).padStart(2, "0");

function dayWords(year: number, month: number, day: number): string {
  const thisYear = new Date().getFullYear() === year;
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
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "";
  const clock = clockOf(at);
  if (time.toDateString() === new Date().toDateString()) {
    return language.value === "en" ? `today ${clock}` : `今天 ${clock}`;
  }
  return `${dayWords(time.getFullYear(), time.getMonth() + 1, time.getDate())} ${clock}`;
}

/** `09:12`. */
export function clockOf(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? "" : `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Whole days from today to a calendar day; 0 today, negative when past. */
export function daysUntil(date: string, now = new Date()): number {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((Date.UTC(year, month - 1, dayOfMonth) - today) / 86_400_000);
}
