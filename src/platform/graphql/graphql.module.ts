import { Global, Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { formatErrors } from './error-formatter.js';
import { limitsRule } from './limits.js';
import { Loaders } from './loaders.js';

/** GraphQL at /graphql, code first. */
@Global()
@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      path: '/graphql',
      autoSchemaFile: true,
      sortSchema: true,
      // Mercurius validates the schema before it serves; here it would be asked for the whole of its introspection as well.
      buildSchemaOptions: { skipCheck: true },
      graphiql: false,
      jit: 1,
      allowBatchedQueries: false,
      validationRules: [limitsRule],
      errorFormatter: formatErrors as unknown as MercuriusDriverConfig['errorFormatter'],
    }),
  ],
  providers: [Loaders],
  exports: [Loaders],
})
export class GraphqlModule {}
