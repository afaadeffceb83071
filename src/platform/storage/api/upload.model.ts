import { ID } from '@nestjs/graphql';
import { Output, Prop } from '../../http/shape.js';
import type { UploadView } from '../uploads.service.js';

@Output('Upload', 'A file that was sent and is kept until something uses it.')
export class UploadModel implements UploadView {
  @Prop(() => ID, { description: 'Identifier: pass it where an upload is asked for.' })
  id: string;

  @Prop(() => String, {
    description: 'sha-256 of its bytes, in hexadecimal.',
    openapi: { pattern: '^[0-9a-f]{64}$' },
  })
  digest: string;

  @Prop(() => Number, { description: 'Bytes.', openapi: { type: 'integer', minimum: 1 } })
  size: number;

  @Prop(() => String, { description: 'Its name, as sent, without what a file name may not hold.' })
  filename: string;

  @Prop(() => Date, { description: 'When it was sent.' })
  createdAt: Date;

  @Prop(() => Date, { description: 'Until when it is kept if nothing uses it.' })
  expiresAt: Date;

  @Prop(() => String, {
    description:
      'What was made of it, where its file is not kept after that: it may hold labels that are sealed now.',
    nullable: true,
  })
  usedUpFor: string | null;
}
