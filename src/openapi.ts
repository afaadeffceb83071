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
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}

/** The description at /openapi.json and, for people, at /docs: open to all, as it holds nothing but the form of the API. */
export function serveDocs(app: NestFastifyApplication): void {
  const open = (route: RouteOptions) => {
    if (/^\/(docs($|\/)|openapi\.(json|yaml)$)/.test(route.url)) route.config = { ...route.config, public: true };
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
