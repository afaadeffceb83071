import { Int } from '@nestjs/graphql';
import { AuditProofModel } from '../../../platform/audit/api/audit.model.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Prop } from '../../../platform/http/index.js';
import { type ErasedRow, type ProvedRow, ROW_PROOF, type RowProofView } from '../proof/row-proof.view.js';

@Output('ProvedRow', 'A row with its place in the tree of the split.')
export class ProvedRowModel implements ProvedRow {
  @Prop(() => Int, { description: 'Place in leaf order, from 0.' })
  index: number;

  @Prop(() => GraphQLJSON, {
    description: 'Texts of a CSV file by column, null where one is missing; without a sealed label.',
  })
  values: Record<string, string | null>;

  @Prop(() => String, { description: 'What stands for the label of a sealed row.', nullable: true })
  commitment: string | null;

  @Prop(() => [String], { description: "Hashes from the leaf's sibling upwards." })
  hashes: string[];
}

@Output('ErasedRow', 'A place whose row was erased with its subject: its leaf is what is left.')
export class ErasedRowModel implements ErasedRow {
  @Prop(() => Int, { description: 'Place in leaf order, from 0.' })
  index: number;

  @Prop(() => String, { description: 'The leaf hash, lowercase hex.' })
  leaf: string;

  @Prop(() => [String], { description: "Hashes from the leaf's sibling upwards." })
  hashes: string[];
}

@Output('RowProof', 'That a row is in a split of a dataset version, or is not.')
export class RowProofModel implements RowProofView {
  @Prop(() => String, { description: `\`${ROW_PROOF}\`.` })
  kind: typeof ROW_PROOF;

  @Prop(() => String, { description: 'The content id of the version.' })
  contentId: string;

  @Prop(() => GraphQLJSON, { description: 'The document that the content id is the digest of.' })
  content: object;

  @Prop(() => String, { description: 'The split.' })
  split: string;

  @Prop(() => String, {
    description: 'The key that was asked for, as the text of its canonical form.',
    nullable: true,
  })
  key: string | null;

  @Prop(() => String, { description: 'The leaf that was asked for.', nullable: true })
  leaf: string | null;

  @Prop(() => Boolean, { description: 'Whether the split has such a row.' })
  included: boolean;

  @Prop(() => [ProvedRowModel], {
    description: 'The row; or those on either side of where it would be, one at an edge.',
  })
  rows: ProvedRowModel[];

  @Prop(() => [ErasedRowModel], {
    description: 'The erased places between these rows: the wanted row was one of them, or in none.',
  })
  erased: ErasedRowModel[];

  @Prop(() => AuditProofModel, { description: "The proof of the version's entry in the audit log." })
  audit: AuditProofModel;
}
