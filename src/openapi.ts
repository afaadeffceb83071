import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { RouteOptions } from 'fastify';

/** The OpenAPI 3.1 description of the REST interface, from the code itself. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Assay')
    .setDescription(
      'Decides whether a trained model may be promoted, on evidence that it computed itself, and proves why. ' +
        'Errors are problem+json (RFC 9457) with a stable `code`. Lists are paged by `first` and `after`. ' +
        'A POST with an `Idempotency-Key` is carried out once. Long work answers 202 with a job to follow.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: `assay_...`' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return withProblems(document);
}

const PROBLEM = {
  type: 'object',
  description: 'What went wrong (RFC 9457), with a stable code. Some problems have further members.',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  additionalProperties: true,
  properties: {
    type: { type: 'string', description: '`urn:assay:problem:` and the code.' },
    title: { type: 'string', description: 'What sort of problem it is.' },
    status: { type: 'integer', description: 'The status of the answer.' },
    code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$', description: 'Stable: programs may act on it.' },
    detail: { type: 'string', description: 'What was found, and what was expected.' },
    remedy: { type: 'string', description: 'What to do about it.' },
    requestId: { type: 'string', description: 'As in x-request-id: the logs know more by it.' },
    fields: {
      type: 'array',
      description: 'Each thing that is wrong with the request.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        additionalProperties: true,
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const;

/** Every operation answers what it refuses with a problem; nothing else has to say so of each. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  (document.components ??= {}).schemas = { ...document.components.schemas, Problem: PROBLEM as never };
  for (const item of Object.values(document.paths)) {
    for (const { responses } of Object.values(item) as {
      responses?: Record<string, { content?: object }>;
    }[]) {
      if (!responses) continue;
      for (const [status, response] of Object.entries(responses))
        if (status.startsWith('4')) response.content ??= content;
      responses.default ??= { description: 'What was asked for is refused.', content } as object;
    }
  }
  return document;
}

/** The description at /openapi.json and, for people, at /docs: open to all, as it holds nothing but the form of the API. */
export function serveDocs(app: NestFastifyApplication): void {
  const open = (route: RouteOptions) => {
    if (/^\/(docs($|\/)|openapi\.(json|yaml)$)/.test(route.url))
      route.config = { ...route.config, public: true };
  };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', open as never);
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Assay API',
  });
}
