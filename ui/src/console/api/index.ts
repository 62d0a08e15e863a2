// The console's only door: the intake server that served the page. Same origin, one cookie, one token.
import type { CaseDetail } from "@/host/bindings/CaseDetail";
import type { Decision } from "@/host/bindings/Decision";
import type { QueuePage } from "@/host/bindings/QueuePage";
import type { QueueView } from "@/host/bindings/QueueView";
import type { ReviewerSession } from "@/host/bindings/ReviewerSession";
import { Failure, failed, unreachable, type Words } from "./failure";

const BASE = "/console/api";
let token = "";

async function ask<T>(path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`${BASE}/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: body === undefined ? {} : { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch {
    throw unreachable();
  }
  if (!answer.ok) throw await failed(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

function keep(session: ReviewerSession): ReviewerSession {
  token = session.csrfToken;
  return session;
}

const place = (applicationId: string, revision: number, slot: string, index: number) =>
  `${BASE}/cases/${applicationId}/revisions/${revision}/documents/${encodeURIComponent(slot)}/${index}`;

export const api = {
  /** Who is logged in; `null` where nobody is. */
  async session(): Promise<ReviewerSession | null> {
    try {
      return keep(await ask<ReviewerSession>("session"));
    } catch (failure) {
      if (failure instanceof Failure && failure.code === "unauthorised") return null;
      throw failure;
    }
  },
  login: async (name: string, password: string) => keep(await ask<ReviewerSession>("login", { name, password })),
  logout: () => ask<void>("logout", {}),
  /** A page of the queue, behind `after`. */
  queue(wanted: { view: QueueView } | { number: string }, after: string | null) {
    const query = new URLSearchParams({ ...wanted, ...(after === null ? {} : { after }) });
    return ask<QueuePage>(`queue?${query}`);
  },
  case: (applicationId: string) => ask<CaseDetail>(`cases/${applicationId}`),
  claim: (applicationId: string) => ask<CaseDetail>(`cases/${applicationId}/claim`, {}),
  takeOver: (applicationId: string) => ask<CaseDetail>(`cases/${applicationId}/claim`, { takeOver: true }),
  decide: (applicationId: string, decision: Decision) => ask<CaseDetail>(`cases/${applicationId}/decision`, decision),
  /** A page as a picture drawn by the server; never the document itself. */
  pageUrl: (applicationId: string, revision: number, slot: string, index: number, page: number, edge: number) =>
    `${place(applicationId, revision, slot, index)}/pages/${page}.png?edge=${edge}`,
  /** The document itself, to be kept, not shown. */
  originalUrl: (applicationId: string, revision: number, slot: string, index: number) =>
    `${place(applicationId, revision, slot, index)}/original`,
};

export { Failure, type Words };
