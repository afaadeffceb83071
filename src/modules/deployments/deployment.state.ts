/** What a deployment may be, and what may become of it. */
export const DEPLOYMENT_STATES = {
  current: { meaning: 'this model version stands at the stage', next: ['superseded'] },
  superseded: { meaning: 'another version was promoted to the stage since', next: [] },
} as const;

export type DeploymentState = keyof typeof DEPLOYMENT_STATES;
