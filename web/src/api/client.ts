// Requests to the server that served the page. Every failure is an ApiProblem with a kind that the page has words for.
import { apiKey, askForKey } from "./key";
import { readAnalysis, readBatchItem, readSentences } from "./read";
import { readInfo } from "./read_info";
import type { Analysis, BatchItem, Budget, Sentences, ServerInfo, TextLanguage } from "./types";

export type ProblemKind = "away" | "busy" | "too_long" | "empty" | "key" | "refused" | "failed";

export class ApiProblem extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly retryAfterSeconds = 1,
    readonly status = 0, // of HTTP; 0: there was no answer
  ) {
    super(detail);
    this.name = "ApiProblem";
  }
}

// Retry-After is a number of seconds or an HTTP date. At least 1, at most 60: the page should neither spin nor seem dead.
export function retryAfterSeconds(header: string | null, now = Date.now()): number {
  const seconds =
    header === null ? 1 : /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(60, Math.max(1, Math.ceil(seconds))) : 1;
}

export function problemKind(status: number, code: string): ProblemKind {
  if (status === 401) return "key";
  if (status === 429 || status === 503) return "busy";
  if (status === 413 || status === 411) return "too_long";
  if (code === "empty_text") return "empty";
  if (status >= 500) return "failed";
  return "refused";
}

async function problemOf(response: Response): Promise<ApiProblem> {
  let code = "";
  let detail = `${response.status} ${response.statusText}`;
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null) {
      if ("code" in body && typeof body.code === "string") code = body.code;
      if ("detail" in body && typeof body.detail === "string") detail = body.detail;
    }
  } catch {
    // Not JSON: a proxy's own page, say. The status says enough.
  }
  return new ApiProblem(
    problemKind(response.status, code),
    detail,
    retryAfterSeconds(response.headers.get("Retry-After")),
    response.status,
  );
}

// A response that is none of an error. Throws ApiProblem, or the signal's AbortError, as all that follow.
async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetched(path, init);
  if (response.ok) return response;
  if (response.status === 401 && (await askForKey(init.signal))) return send(path, init);
  throw await problemOf(response);
}

async function fetched(path: string, init: RequestInit): Promise<Response> {
  const key = apiKey();
  const headers = {
    ...(init.headers as Record<string, string> | undefined),
    ...(key && { Authorization: `Bearer ${key}` }),
  };
  try {
    return await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem("away", "no answer from the server");
  }
}

export async function requestText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await send(path, { ...(signal && { signal }) });
  try {
    return await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem("away", "the answer broke off");
  }
}

async function jsonOf(response: Response, signal: AbortSignal | null | undefined): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem("failed", "the answer is not JSON");
  }
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  return jsonOf(await send(path, init), init.signal);
}

export function get(path: string, signal?: AbortSignal): Promise<unknown> {
  return request(path, { ...(signal && { signal }) });
}

function posting(body: unknown, signal: AbortSignal | undefined): RequestInit {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body), ...(signal && { signal }) };
}

export function post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  return request(path, posting(body, signal));
}

// Chosen by the server where absent.
export interface Wishes {
  language?: TextLanguage | undefined;
  budget?: Budget | undefined;
}

export interface AnalyzeRequest extends Wishes {
  text: string;
  model?: string | undefined; // by its name
}

function readable<T>(read: (answer: unknown) => T, answer: unknown): T {
  try {
    return read(answer);
  } catch (error) {
    throw new ApiProblem("failed", error instanceof Error ? error.message : String(error));
  }
}

export async function analyze(asked: AnalyzeRequest, signal?: AbortSignal): Promise<Analysis> {
  const { text, language, budget, model } = asked;
  const body = { text, language, budget, model, aspects: true, explain: true };
  const response = await send("/v1/analyze", posting(body, signal));
  const requestId = response.headers.get("X-Request-Id") ?? undefined;
  const arm = response.headers.get("X-Tenor-Arm") ?? undefined;
  return { ...readable(readAnalysis, await jsonOf(response, signal)), requestId, arm };
}

// The same text sentence by sentence.
export async function analyzeSentences(
  { text, language, budget }: AnalyzeRequest,
  signal?: AbortSignal,
): Promise<Sentences> {
  const body = { text, language, budget, aspects: true, granularity: "sentence" };
  return readable(readSentences, await post("/v1/analyze", body, signal));
}

// One item a text, in order.
export async function predictBatch(
  texts: readonly string[],
  { language, budget }: Wishes,
  signal?: AbortSignal,
): Promise<BatchItem[]> {
  const answer = (await post("/predict_batch", { texts, language, budget }, signal)) as { results?: unknown };
  const results = Array.isArray(answer.results) ? answer.results : [];
  if (results.length !== texts.length) {
    throw new ApiProblem("failed", `${texts.length} texts were sent and ${results.length} results came back`);
  }
  return results.map(readBatchItem);
}

export async function serverInfo(signal?: AbortSignal): Promise<ServerInfo> {
  return readInfo(await get("/info", signal));
}
