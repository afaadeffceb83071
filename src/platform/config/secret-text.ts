/** A secret of the environment: neither printed, logged nor written as JSON. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '(secret)';
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The secrets among the fields of an object, as texts: for another process of Assay, and nobody else. */
export const revealed = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
      value instanceof SecretText ? [[name, value.reveal()]] : [],
    ),
  );

/** What `revealed` gave, as secrets again. */
export const concealed = (texts: Readonly<Record<string, string>>): Record<string, SecretText> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new SecretText(text)]));
