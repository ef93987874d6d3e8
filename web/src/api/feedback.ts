// POST /v1/feedback: what somebody says is the right label of an answer.
import { post } from "./client";
import type { Label } from "./types";

// True where the server counted it. False where it no longer remembers the answer, or is away: nothing
// that the reader could do anything about.
export async function sendFeedback(text: string, label: Label, requestId: string | undefined): Promise<boolean> {
  try {
    await post("/v1/feedback", requestId === undefined ? { text, label } : { request_id: requestId, label });
    return true;
  } catch {
    return false;
  }
}
