import { afterEach, describe, expect, it } from "vitest";
import { canRead, passagesOf } from "./readingAloud";

afterEach(() => (document.body.innerHTML = ""));

describe("reading aloud", () => {
  it("is not offered where this computer has no voice", () => {
    expect(canRead.value).toBe(false);
  });

  it("reads the heading, then each field once with what stands in it", () => {
    document.body.innerHTML = `<main><h1>参保人</h1><p>填写要参保的人</p>
      <div data-field="full_name"><label class="label">姓名</label><p class="meta">和身份证上一样</p><input type="text" value="王秀英"></div>
      <fieldset data-field="sex"><legend class="label">性别</legend><label class="tick"><span>女</span></label></fieldset></main>`;
    expect(passagesOf(document).map(({ text }) => text)).toEqual(["参保人", "填写要参保的人", "姓名。和身份证上一样。王秀英", "性别。女"]);
  });
});
