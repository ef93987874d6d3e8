import type { Label } from "../api/types";

export const FACES: Record<Label, string> = { positive: "😊", neutral: "😐", negative: "😞" };

// Below this the page does not call the verdict one.
export const SURE = 0.6;
