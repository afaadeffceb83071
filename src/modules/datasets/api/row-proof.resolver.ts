import { Args, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { RowProofReader } from '../proof/row-proof.reader.js';
import { RowProofModel } from './row-proof.model.js';
import { RowProofArgs } from './row-proof.request.js';

@Resolver(() => RowProofModel)
export class RowProofResolver {
  constructor(private readonly proofs: RowProofReader) {}

  @Query(() => RowProofModel, {
    description: 'The proof that a row is in a split, or is not; of a sealed split for auditors alone.',
  })
  @Requires('read')
  rowProof(@Args() { ref, split, ...wanted }: RowProofArgs): Promise<RowProofModel> {
    return this.proofs.prove(ref, split, wanted);
  }
}
