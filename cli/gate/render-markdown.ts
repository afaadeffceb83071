import type { GateDecision } from '../api-types.js';
import { describe, describeThreshold, subjectName } from './describe.js';

/** A decision as Markdown, for a pull request's comment or a job summary. */
export function renderMarkdown(decision: GateDecision): string {
  const lines = [
    `## Assay: ${decision.verdict} for ${escapeCell(subjectName(decision))}`,
    '',
    `Policy \`${decision.policy.name}\`, decision \`${decision.decisionId}\`${
      decision.expiresAt ? `, valid until ${decision.expiresAt}` : ''
    }`,
    '',
    '| rule | verdict | observed | interval | n | threshold |',
    '| --- | --- | --- | --- | ---: | --- |',
    ...decision.rules.map((rule) =>
      row([
        rule.id,
        `**${rule.verdict}**`,
        describe(rule.observed),
        rule.ci ? `${describe(rule.ci[0])} to ${describe(rule.ci[1])}` : '',
        describe(rule.n),
        describeThreshold(rule),
      ]),
    ),
  ];
  const open = decision.rules.filter((rule) => rule.verdict !== 'PASS');
  if (open.length > 0) lines.push('', '### Why, and what to do', '');
  for (const rule of open) {
    const remedy = rule.remedy ? ` *Remedy:* ${escapeCell(rule.remedy)}` : '';
    lines.push(`- **${escapeCell(rule.id)}** (${rule.verdict}): ${escapeCell(rule.reason)}${remedy}`);
  }
  return lines.join('\n') + '\n';
}

function row(cells: string[]): string {
  return `| ${cells.map((cell, index) => (index === 1 ? cell : escapeCell(cell))).join(' | ')} |`;
}

/** What comes from names must not become a table cell, a link or HTML of its own. */
function escapeCell(text: string): string {
  return text.replace(/[\\|`*_[\]<>]/g, '\\$&').replace(/\s+/g, ' ');
}
