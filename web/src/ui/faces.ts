import type { Label } from "../api/types";

export const FACES: Record<Label, string> = { positive: "😊", neutral: "😐", negative: "😞" };
