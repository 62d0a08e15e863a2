import { afterEach, describe, expect, it, vi } from "vitest";
import { api, Failure } from ".";

const answers = (...list: Response[]) => {
  const fetch = vi.fn<(url: string, request: RequestInit) => Promise<Response>>(
    async () => list.shift() ?? new Response(null, { status: 500 }),
  );
  vi.stubGlobal("fetch", fetch);
  return fetch;
};
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

afterEach(() => vi.unstubAllGlobals());

describe("the console's door", () => {
  it("sends the session's token with everything that changes something", async () => {
    const fetch = answers(json({ name: "reviewer", csrfToken: "abc" }), json({}));
    await api.login("reviewer", "secret");
    await api.claim("1");
    expect(fetch.mock.calls[1]?.[1]).toMatchObject({ method: "POST", headers: { "X-CSRF-Token": "abc" }, credentials: "same-origin" });
  });

  it("asks for a page of the queue by what was typed", async () => {
    const fetch = answers(json({ items: [], next: null, open: 0, waiting: 0 }));
    await api.queue({ number: "2026 1123+" }, "1.2.x");
    expect(fetch.mock.calls[0]?.[0]).toBe("/console/api/queue?number=2026+1123%2B&after=1.2.x");
  });

  it("takes a missing session as nobody, not as a fault", async () => {
    answers(json({ code: "unauthorised" }, 401));
    expect(await api.session()).toBeNull();
  });

  it("tells a locked account how long it has to wait", async () => {
    answers(json({ code: "locked" }, 423, { "Retry-After": "600" }));
    const failure = await api.login("reviewer", "wrong").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).told.message.zh).toContain("10 分钟后再试");
    answers(json({ code: "locked" }, 423));
    const untold = await api.login("reviewer", "wrong").catch((error: unknown) => error);
    expect((untold as Failure).told.message.zh).not.toMatch(/\d|NaN/);
  });

  it("explains an unreachable server and an unreadable answer", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => Promise.reject(new TypeError("no network"))));
    expect(await api.queue({ view: "open" }, null).catch((error: Failure) => error.code)).toBe("unreachable");
    answers(new Response("<html>", { status: 502 }));
    expect(await api.queue({ view: "open" }, null).catch((error: Failure) => error.code)).toBe("internal");
  });
});
