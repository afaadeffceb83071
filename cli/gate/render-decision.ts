import type { GateDecision } from '../api-types.js';
import { renderJunit } from './render-junit.js';
import { renderMarkdown } from './render-markdown.js';
import { renderSarif } from './render-sarif.js';
import { renderText } from './render-text.js';

export const FORMATS = ['text', 'json', 'junit', 'sarif', 'markdown'] as const;

export type Format = (typeof FORMATS)[number];

const RENDERERS: Record<Format, (decision: GateDecision) => string> = {
  text: (decision) => renderText(decision),
  json: (decision) => JSON.stringify(decision, null, 2) + '\n',
  junit: renderJunit,
  sarif: renderSarif,
  markdown: renderMarkdown,
};

/** A decision in one of the formats of `gate check --format`. Always ends with a newline. */
export function renderDecision(decision: GateDecision, format: Format): string {
  return RENDERERS[format](decision);
}
