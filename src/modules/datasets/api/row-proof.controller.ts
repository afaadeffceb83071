import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { RowProofReader } from '../proof/row-proof.reader.js';
import { RowProofModel } from './row-proof.model.js';
import { RowProofQuery } from './row-proof.request.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
@ApiParam({ name: 'split', description: 'Name of the split.' })
@Controller('v1/projects/:project/dataset-versions/:ref/splits/:split/proof')
export class RowProofController {
  constructor(private readonly proofs: RowProofReader) {}

  @Get()
  @Requires('read')
  @ApiOperation({
    summary: 'Prove that a row is in a split, or is not; of a sealed split for auditors alone',
  })
  @ApiOkResponse({ type: RowProofModel })
  prove(
    @Param('ref') ref: string,
    @Param('split') split: string,
    @Query() wanted: RowProofQuery,
  ): Promise<RowProofModel> {
    return this.proofs.prove(ref, split, wanted);
  }
}
