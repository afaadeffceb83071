import { InvalidInputError, NotFoundError } from '../../platform/errors/index.js';

export function sourceNotFound(names: readonly string[]): NotFoundError {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 100)));
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return new NotFoundError(
    'SOURCE_NOT_FOUND',
    `There is no source ${shown.join(', ')}${more} in this project.`,
    { remedy: 'Say where the data come from first (assay source add NAME), or check the name.' },
  );
}

export function termsInvalid(path: string, message: string, remedy?: string): InvalidInputError {
  return new InvalidInputError('SOURCE_INVALID', `${path}: ${message}`, {
    ...(remedy === undefined ? {} : { remedy }),
    fields: [{ path, message }],
  });
}

export function licenceUnknown(found: string, guess: string | null): InvalidInputError {
  const message = `found ${JSON.stringify(found.slice(0, 100))}; expected an SPDX licence expression`;
  return new InvalidInputError('LICENCE_UNKNOWN', `licence: ${message}`, {
    remedy: `${guess === null ? '' : `Did you mean ${guess}? `}Write an id of https://spdx.org/licenses, LicenseRef-NAME for one of your own, or its words as licenceText.`,
    fields: [{ path: 'licence', message }],
  });
}
