import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { fromJsonMetricValue, toJsonMetricValue } from '../metric-value.js';

/** How OpenAPI writes a value of a metric. */
export const METRIC_VALUE_SCHEMA = {
  type: undefined,
  oneOf: [{ type: 'number' }, { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] }],
};

function parse(value: unknown): number {
  const number = fromJsonMetricValue(value);
  if (typeof number === 'number') return number;
  throw new GraphQLError('A metric value must be a number, "NaN", "Infinity" or "-Infinity".');
}

/** A double of GraphQL's that may also be NaN or infinite, as GraphQL's own Float may not. */
export const MetricValue = new GraphQLScalarType({
  name: 'MetricValue',
  description: 'A number, or one of the strings "NaN", "Infinity" and "-Infinity".',
  serialize: (value) => toJsonMetricValue(parse(value)),
  parseValue: parse,
  parseLiteral: (node) => {
    if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
    return parse(node.kind === Kind.STRING ? node.value : undefined);
  },
});
