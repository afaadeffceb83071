import { ID } from '@nestjs/graphql';
import { Output, Prop } from '../../http/shape.js';
import type { PartialUploadView } from '../resumable/partial-upload.js';

@Output('ResumableUpload', 'A file that is being sent in parts.')
export class ResumableUploadModel implements PartialUploadView {
  @Prop(() => ID, { description: 'Identifier, also that of the upload which it becomes.' })
  id: string;

  @Prop(() => String, { description: 'Its name, as sent, without what a file name may not hold.' })
  filename: string;

  @Prop(() => Number, { description: 'Bytes of the whole.', openapi: { type: 'integer', minimum: 1 } })
  size: number;

  @Prop(() => Number, {
    description: 'Bytes, from the first on, that are on disk for good.',
    openapi: { type: 'integer', minimum: 0 },
  })
  received: number;

  @Prop(() => Boolean, { description: 'Whether it is an upload now.' })
  finished: boolean;

  @Prop(() => Date, { description: 'Until when it may be continued. Each part puts that off.' })
  expiresAt: Date;
}
