import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GateDecision } from '../api-types.js';
import { promote } from '../commands/promote.js';
import { wrap } from '../gate/wrap.js';
import { CommandFailed } from '../problem.js';
import { Session } from '../session.js';
import { table } from '../table.js';
import { pushSurvey } from './demo-data.js';
import { compareDecisions, decide, pushPolicies, type Stage } from './demo-gate.js';
import { makeModel, type DemoModel } from './demo-model.js';
import { demoServer, type DemoServer } from './demo-server.js';
import { verifyDecisions } from './demo-verify.js';
import { Narrator } from './narrator.js';
import { CAREFUL, CARELESS } from './recipes.js';
import { loadTensorFlow, type TensorFlowBackend } from './tensorflow.js';

type Decisions = Record<Stage, GateDecision>;

/**
 * The main job on real data: a data set with sealed splits, two models, two policies, four decisions, one promotion.
 *
 * Nothing is scripted but the order: every verdict is what the gate says about the predictions of models trained here.
 * Ends by itself with `exit`; otherwise the server stays up until Ctrl-C.
 */
export async function runDemo(outer: Session, options: { exit?: boolean }): Promise<void> {
  const { surroundings } = outer;
  const tell = outer.options.json ? surroundings.stderr : surroundings.stdout;
  const narrator = new Narrator((text) => tell.write(text));
  narrator.paragraph('Assay demo: two models want to be promoted. Starting the server …');
  const backend = loadTensorFlow();
  backend.catch(() => undefined);
  const server = await demoServer(surroundings.env, surroundings.cwd);
  const interrupted = onInterrupt();
  let cut = false;
  const folder = await mkdtemp(join(tmpdir(), 'assay-demo-'));
  try {
    const session = new Session(surroundings, {
      ...server.settings,
      quiet: outer.options.quiet,
      json: outer.options.json,
    });
    const story = tellAll(session, await backend, folder, narrator);
    story.catch(() => undefined);
    const summary = await Promise.race([story, interrupted.happened]);
    if (!summary) {
      cut = true;
      return;
    }
    if (outer.options.json) session.answer(summary, '');
    printAddresses(server, narrator);
    if (!options.exit && server.own) {
      narrator.paragraph('');
      narrator.paragraph('The server stays up. Ctrl-C stops it.');
      await Promise.race([interrupted.happened, server.ended]);
    }
  } finally {
    interrupted.forget();
    await rm(folder, { recursive: true, force: true });
    await server.stop();
    // The story may be waiting for an answer still: what was cut off ends here, with the shell's code for Ctrl-C.
    if (cut) process.exit(130);
  }
}

async function tellAll(session: Session, backend: TensorFlowBackend, folder: string, narrator: Narrator) {
  const data = await pushSurvey(session, folder, narrator);
  await pushPolicies(session);

  narrator.chapter('A first candidate');
  narrator.paragraph(
    'Everybody in the training split; schooling, experience and work; neither gender nor race among the inputs.',
  );
  const careful = await makeModel(session, backend, CAREFUL, data, folder, narrator);
  const first = await decideAll(session, careful, narrator);

  narrator.chapter('A second candidate');
  narrator.paragraph('Sixty people, four inputs, quickly trained. The accuracy looks fine.');
  const careless = await makeModel(session, backend, CARELESS, data, folder, narrator);
  const second = await decideAll(session, careless, narrator);

  narrator.chapter('What is different');
  explain(careful, careless, first, second, narrator);

  narrator.chapter('Promotion');
  const promoted = await tryPromotion(session, careful, narrator);
  const refused = await tryPromotion(session, careless, narrator);

  narrator.chapter('Proof');
  narrator.paragraph(
    'Each decision with its evidence and audit proof, downloaded and checked without the server:',
  );
  const decisions = [first.pilot, first.production, second.pilot, second.production];
  const verified = await verifyDecisions(session, decisions, folder, narrator);
  return {
    datasetVersionId: data.version.id,
    decisions: decisions.map(({ decisionId, subject, policy, verdict }, index) => ({
      decisionId,
      subject,
      policy: policy.name,
      verdict,
      verified: verified[index],
    })),
    promotions: [promoted, refused],
  };
}

async function decideAll(session: Session, model: DemoModel, narrator: Narrator): Promise<Decisions> {
  const pilot = await decide(session, model.reference, 'pilot', narrator);
  return { pilot, production: await decide(session, model.reference, 'production', narrator) };
}

function explain(
  careful: DemoModel,
  careless: DemoModel,
  first: Decisions,
  second: Decisions,
  narrator: Narrator,
): void {
  for (const stage of ['pilot', 'production'] as const) {
    narrator.block(
      `${stage}: ${first[stage].verdict} for ${careful.reference}, ${second[stage].verdict} for ${careless.reference}`,
    );
    const rows = compareDecisions(first[stage], second[stage]);
    narrator.block(table(['rule', careful.reference, careless.reference, ''], rows));
    narrator.block('');
  }
  const [aucCareful, aucCareless] = [aucOnValidation(careful), aucOnValidation(careless)];
  const alone =
    aucCareless >= aucCareful
      ? 'By that number alone the second would have been chosen.'
      : 'By that number alone nobody would see what is wrong with the second.';
  narrator.paragraph(
    `On the open validation split the AUC of the first is ${aucCareful.toFixed(3)}, of the second ${aucCareless.toFixed(3)}. ${alone} ` +
      `The second was told who is a man, and had ${careless.trained.trainedOn} people to learn from; the first was not told, ` +
      `and had ${careful.trained.trainedOn}.`,
  );
  if (first.production.verdict === 'INCONCLUSIVE') {
    narrator.paragraph(
      'For production the honest answer about the first is INCONCLUSIVE: nothing shows it to be unfit, and so few people ' +
        'cannot show it to be fit. The remedies above say how many it takes. A gate that compared the numbers alone would ' +
        'have guessed.',
    );
  }
}

function aucOnValidation({ evaluation }: DemoModel): number {
  const auc = evaluation.splits.validation?.metrics.auc;
  return auc?.defined ? auc.value : Number.NaN;
}

async function tryPromotion(session: Session, model: DemoModel, narrator: Narrator) {
  narrator.block(`$ assay promote ${model.reference} --to demo-pilot`);
  try {
    const promotion = await promote(session, model.reference, 'demo-pilot');
    narrator.block(`promoted (${promotion.id})`);
    return { model: model.reference, stage: 'demo-pilot', promoted: true };
  } catch (error) {
    if (!(error instanceof CommandFailed) || error.problem.status !== 409) throw error;
    const why = `refused, HTTP 409 ${error.problem.code}: ${error.problem.detail}`;
    narrator.block(wrap(why, 98).join('\n'));
    return { model: model.reference, stage: 'demo-pilot', promoted: false, code: error.problem.code };
  }
}

function printAddresses({ settings }: DemoServer, narrator: Narrator): void {
  narrator.chapter('Where to look');
  narrator.block(
    [
      `API       ${settings.url}/v1/projects/${settings.project}`,
      `Docs      ${settings.url}/docs (OpenAPI at /openapi.json)`,
      `GraphQL   ${settings.url}/graphql`,
      'CLI       npx assay --help',
    ].join('\n'),
  );
}

function onInterrupt() {
  let interrupt = () => {};
  const happened = new Promise<undefined>((resolve) => (interrupt = () => resolve(undefined)));
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return { happened, forget: () => process.off('SIGINT', interrupt).off('SIGTERM', interrupt) };
}
