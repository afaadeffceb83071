import { Injectable } from '@nestjs/common';
import { digestOf } from '../../domain/canonical/index.js';
import { normalForm, parseGatePolicy, type GatePolicy } from '../../domain/policy/index.js';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { newId, UnitOfWork } from '../../platform/database/index.js';
import { lockGateInputs } from '../sources/index.js';
import { LineageService } from '../lineage/index.js';
import { POLICY } from './gate.records.js';
import { policyInvalid } from './gates.errors.js';
import { PolicyReader } from './policy.reader.js';
import { POLICY_COLUMNS, type PolicyView } from './policy.view.js';
import { readPolicyText } from './read-policy-text.js';
import { StaleDecisions } from './stale-decisions.js';

/** What a policy would be if it were pushed. */
export interface ValidatedPolicy {
  name: string;
  stage: string | null;
  digest: string;
  /** The normal form: every default written out. */
  document: Record<string, unknown>;
}

/** Takes policies in. What was pushed never changes: another text of the same name is the next version. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly units: UnitOfWork,
    private readonly policies: PolicyReader,
    private readonly lineage: LineageService,
    private readonly stale: StaleDecisions,
    private readonly audit: AuditLog,
  ) {}

  /** Dry: reads and checks, stores nothing. Throws POLICY_INVALID, POLICY_FIELD_NOT_ENFORCED, POLICY_TEXT_INVALID. */
  validate(document: string | object): ValidatedPolicy {
    const policy = parsed(document);
    const normal = normalForm(policy);
    return { name: policy.name, stage: policy.stage, digest: digestOf(normal), document: normal };
  }

  /** Store a policy. A text that means what the latest version of its name means is that version. */
  push(document: string | object): Promise<PolicyView> {
    const { name, stage, digest, document: normal } = this.validate(document);
    const source = typeof document === 'string' ? document : JSON.stringify(document, null, 2);
    return this.units.run(async (tx) => {
      // Decisions and promotions look at the latest policies: none may appear between their look and their commit.
      await lockGateInputs(tx, 'changing');
      const [latest] = await tx.query<PolicyView>(
        `SELECT ${POLICY_COLUMNS} FROM gate_policy p WHERE p.name = $1 ORDER BY p.version DESC LIMIT 1`,
        [name],
      );
      if (latest?.digest === digest) return latest;
      const id = newId();
      const version = (latest?.version ?? 0) + 1;
      await tx.execute(
        `INSERT INTO gate_policy (id, name, version, digest, stage, document, source, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, name, version, digest, stage, JSON.stringify(normal), source, currentContext().actor.id],
      );
      await this.lineage.addNode({ kind: 'policy', id, label: `${name}@${version}` });
      await this.stale.onPolicyVersion(name, version);
      await this.audit.record({
        action: 'gate.policy.pushed',
        subject: { kind: 'policy', id },
        body: { name, version, stage, digest, document: normal },
        records: [{ kind: POLICY, id }],
      });
      return this.policies.byRef(id);
    });
  }
}

function parsed(document: string | object): GatePolicy {
  const result = parseGatePolicy(typeof document === 'string' ? readPolicyText(document) : document);
  if (!result.ok) throw policyInvalid(result.problems);
  return result.policy;
}
