import { afterEach, describe, expect, it } from "vitest";
import { fileSize, grouped, yuan } from "./figures";
import { speak } from "./language";
import { clockOf, day, moment, printedDay, printedMoment } from "./times";

afterEach(() => speak("zh"));

describe("days", () => {
  it("and moments are those of the office, wherever the computer thinks it is", () => {
    expect(clockOf("2024-02-28T16:05:00Z")).toBe("00:05");
    expect(moment("2024-02-28T16:05:00Z")).toBe("2024 年 2 月 29 日 00:05");
    expect(moment("nonsense")).toBe("");
  });

  it("have their year on paper, even those of today", () => {
    const now = new Date().toISOString();
    const year = printedDay(now.slice(0, 10)).slice(0, 6);
    expect(year).toMatch(/^\d{4} 年$/);
    expect(printedMoment(now)).toMatch(/^\d{4} 年 \d+ 月 \d+ 日 \d{2}:\d{2}$/);
    speak("en");
    expect(printedMoment("2026-11-23T01:05:00Z")).toBe("23 Nov 2026 09:05");
  });

  it("are written in the language of the window", () => {
    expect(day("1958-03-12")).toBe("1958 年 3 月 12 日");
    speak("en");
    expect(day("1958-03-12")).toBe("12 Mar 1958");
  });
});

describe("figures", () => {
  it("are decimal, as the limit of 2 000 000 bytes is", () => {
    expect(fileSize(1_999_999)).toBe("2.0 MB");
    expect(fileSize(612_345)).toBe("612 KB");
    expect(fileSize(12)).toBe("1 KB");
  });

  it("keep fen exact and group long numbers", () => {
    expect(yuan(40_000)).toBe("400");
    expect(yuan(328_640)).toBe("3286.40");
    expect(grouped("202611180000017")).toBe("2026 1118 0000 017");
  });
});
