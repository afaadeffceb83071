import { Args, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { LineageService } from '../lineage.service.js';
import { LineageGraphModel } from './lineage.model.js';
import { LineageArgs } from './lineage.request.js';

@Resolver(() => LineageGraphModel)
export class LineageResolver {
  constructor(private readonly lineage: LineageService) {}

  @Query(() => LineageGraphModel, {
    name: 'lineage',
    description: 'What a node came from, or what came from it.',
  })
  @Requires('read')
  async walk(@Args() { node, direction, depth }: LineageArgs): Promise<LineageGraphModel> {
    return this.lineage.walk(await this.lineage.resolve(node), direction, depth);
  }
}
