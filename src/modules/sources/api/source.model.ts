import { ID, Int } from '@nestjs/graphql';
import {
  LEGAL_BASES,
  SOURCE_KINDS,
  type LegalBasis,
  type SourceKind,
} from '../../../domain/provenance/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type { SourceView } from '../source.view.js';

@Output('DataSource', 'One revision of where data come from and on what terms. It never changes.')
export class DataSourceModel implements SourceView {
  @Prop(() => ID, { description: 'Identifier of the revision.' })
  id: string;

  @Prop(() => ID, { description: 'Identifier of the source, which its revisions share.' })
  sourceId: string;

  @Prop(() => String, { description: 'Name; its revisions share it.' })
  name: string;

  @Prop(() => Int, { description: '1, 2, 3, ... without gaps.' })
  revision: number;

  @Prop(() => String, {
    description: `One of ${SOURCE_KINDS.join(', ')}.`,
    openapi: { enum: [...SOURCE_KINDS] },
  })
  kind: SourceKind;

  @Prop(() => String, { description: 'An SPDX licence expression.', nullable: true, example: 'CC-BY-4.0' })
  licence: string | null;

  @Prop(() => String, { description: 'The terms in words, where no list has them.', nullable: true })
  licenceText: string | null;

  @Prop(() => Boolean, { description: 'Whether rows are about people.' })
  personal: boolean;

  @Prop(() => String, {
    description: `Why personal data may be processed (GDPR article 6): one of ${LEGAL_BASES.join(', ')}.`,
    nullable: true,
    openapi: { enum: [...LEGAL_BASES, null] },
  })
  basis: LegalBasis | null;

  @Prop(() => [String], { description: 'What the data may be used for; null: anything.', nullable: true })
  scope: string[] | null;

  @Prop(() => Date, { description: 'When the terms run out.', nullable: true })
  expiresAt: Date | null;

  @Prop(() => String, { description: 'The first day of collection, YYYY-MM-DD.', nullable: true })
  collectedFrom: string | null;

  @Prop(() => String, { description: 'The last day of collection, YYYY-MM-DD.', nullable: true })
  collectedUntil: string | null;

  @Prop(() => String, { description: 'Who owns it.', nullable: true })
  owner: string | null;

  @Prop(() => String, { description: 'Whom to ask.', nullable: true })
  contact: string | null;

  @Prop(() => String, { description: 'What else to know.', nullable: true })
  description: string | null;

  @Prop(() => String, { description: 'SHA-256 over the terms as canonical JSON, lowercase hexadecimal.' })
  digest: string;

  @Prop(() => Date, { description: 'When it was said.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who said it: the id of an API key.' })
  createdBy: string;
}

@Output('DataSourcePage', 'One page of sources.')
export class DataSourcePage extends Paged(DataSourceModel, 'DataSource') {}
