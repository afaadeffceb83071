import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** What one GraphQL document may ask for. */
export const GRAPHQL_LIMITS = {
  /** Levels of nesting, fragments spread out. */
  depth: 14,
  /** Fields, fragments spread out. */
  fields: 600,
  /** Aliased fields: the cheap way to ask the same thing a thousand times. */
  aliases: 60,
  /** Characters of the document. */
  length: 20_000,
};

interface Size {
  fields: number;
  aliases: number;
  depth: number;
}

/** A validation rule: refuses what is deeper, wider or more aliased than GRAPHQL_LIMITS, before anything runs. */
export function limitsRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      if ((document.loc?.end ?? 0) > GRAPHQL_LIMITS.length) {
        return refuse(
          context,
          `is ${document.loc?.end} characters long; at most ${GRAPHQL_LIMITS.length} are taken`,
        );
      }
      const measure = measurer(document);
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        const size = measure(definition.selectionSet, new Set());
        for (const limit of ['depth', 'fields', 'aliases'] as const) {
          if (size[limit] > GRAPHQL_LIMITS[limit]) {
            refuse(context, `has more than ${GRAPHQL_LIMITS[limit]} ${limit === 'depth' ? 'levels' : limit}`);
          }
        }
      }
    },
  };
}

function refuse(context: ValidationContext, what: string): void {
  context.reportError(new GraphQLError(`The query ${what}.`, { extensions: { code: 'QUERY_TOO_LARGE' } }));
}

/** Sizes with every fragment counted where it is spread; each fragment is measured once, so nesting cannot explode. */
function measurer(document: DocumentNode): (set: SelectionSetNode, within: ReadonlySet<string>) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const known = new Map<string, Size>();

  function fragmentSize(name: string, within: ReadonlySet<string>): Size {
    const fragment = fragments.get(name);
    // A cycle is another rule's finding.
    if (!fragment || within.has(name)) return { fields: 0, aliases: 0, depth: 0 };
    let size = known.get(name);
    if (!size) known.set(name, (size = measure(fragment.selectionSet, new Set([...within, name]))));
    return size;
  }

  function measure(set: SelectionSetNode, within: ReadonlySet<string>): Size {
    const total: Size = { fields: 0, aliases: 0, depth: 0 };
    for (const selection of set.selections) {
      let size: Size;
      if (selection.kind === Kind.FRAGMENT_SPREAD) size = fragmentSize(selection.name.value, within);
      else if (selection.kind === Kind.INLINE_FRAGMENT) size = measure(selection.selectionSet, within);
      else {
        const below = selection.selectionSet
          ? measure(selection.selectionSet, within)
          : { fields: 0, aliases: 0, depth: 0 };
        size = {
          fields: below.fields + 1,
          aliases: below.aliases + (selection.alias ? 1 : 0),
          depth: below.depth + 1,
        };
      }
      total.fields += size.fields;
      total.aliases += size.aliases;
      total.depth = Math.max(total.depth, size.depth);
    }
    return total;
  }
  return measure;
}
