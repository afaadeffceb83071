export { GraphqlModule } from './graphql.module.js';
export { GraphQLJSON } from './json.scalar.js';
export { Loaders } from './loaders.js';
export { registerQueryText } from './query-text.js';
