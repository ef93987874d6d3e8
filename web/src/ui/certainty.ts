import type { Analysis, Model } from "../api/types";

// Below this the page does not call a verdict one, where the model does not say itself what is uncertain.
export const SURE = 0.6;

export function isUnsure({ score, uncertain }: { score: number; uncertain?: boolean | undefined }): boolean {
  return uncertain ?? score < SURE;
}

// The server's model that gave the answer; undefined where it has another one now.
export function modelOf(answer: Analysis, models: readonly Model[]): Model | undefined {
  return models.find((model) => model.name === answer.model && model.version === answer.modelVersion);
}

// Experts that the model has and that were not asked. Empty where the answer does not tell whom it asked.
export function notAsked(answer: Analysis, model: Model | undefined): string[] {
  if (!model || answer.asked.length === 0) return [];
  return model.experts.filter((expert) => !answer.asked.includes(expert));
}
