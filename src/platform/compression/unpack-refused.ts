/** Why a packed file is not unpacked; the message is a clause about the file. */
export class UnpackRefused extends Error {
  override readonly name = 'UnpackRefused';

  constructor(
    readonly reason: 'damaged' | 'tooLarge',
    message: string,
  ) {
    super(message);
  }
}
