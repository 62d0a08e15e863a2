import { describe, expect, it } from "vitest";
import type { Field } from "@/host";
import { cellsOf, rowsOf } from "./tablePasting";

const column = (id: string, kind: Field["kind"], zh: string, choices: Field["choices"] = []): Field => ({
  id, kind, label: { zh, en: id }, hint: null, choices, assumed: null, table: null, calculated: false, consent: null, rows: null,
});
const columns = [column("number", "text", "票据号码"), column("date", "date", "开票日期"), column("amount", "money", "金额（元）")];
const table = (text: string, into = columns) => rowsOf(cellsOf(text)!, into, ({ choices }) => choices);

describe("a table copied from a spreadsheet", () => {
  it("becomes rows, with dates and amounts in the form's own writing", () => {
    expect(table("0045678912\t2026/3/5\t¥1,286.40\r\n0045678913\t2026年3月6日\t90元\r\n")).toEqual([
      { number: "0045678912", date: "2026-03-05", amount: "1286.40" },
      { number: "0045678913", date: "2026-03-06", amount: "90" },
    ]);
  });

  it("leaves its heading line out", () => {
    expect(table("票据号码\t开票日期\n1\t20260305")).toEqual([{ number: "1", date: "2026-03-05" }]);
  });

  it("keeps what it cannot read, so that it can be mended", () => {
    expect(table("1\t昨天\n2")).toEqual([{ number: "1", date: "昨天" }, { number: "2" }]);
  });

  it("leaves empty cells empty and passes over empty lines", () => {
    expect(table("1\t\t5\n\n\t\t\n2\t\t")).toEqual([{ number: "1", amount: "5" }, { number: "2" }]);
  });

  it("reads quoted cells with line ends, tabs and quotes in them", () => {
    expect(cellsOf('"a ""b""\nc"\t"d\te"\nf')).toEqual([['a "b"\nc', "d\te"], ["f"]]);
  });

  it("takes one column of several lines", () => {
    expect(table("1\n2\n3")).toEqual([{ number: "1" }, { number: "2" }, { number: "3" }]);
  });

  it.each(["0045678912", " 0045678912\n", "", "\n"])("is not seen in the single cell %j", (text) => {
    expect(cellsOf(text)).toBeNull();
  });

  it("finds a choice by its name or its code", () => {
    const sort = column("sort", "choice", "种类", [{ value: "1", label: { zh: "门诊", en: "Outpatient" }, hint: null, search: "" }]);
    expect(table("门诊\nOUTPATIENT\n1\n住院", [sort])).toEqual([{ sort: "1" }, { sort: "1" }, { sort: "1" }, { sort: "住院" }]);
  });
});
