import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { decodeUtf8 } from '../../../platform/http/index.js';

export const YAML_TYPES = ['text/yaml', 'application/yaml', 'text/x-yaml'];

/** Hands bodies of YAML to their route as the text they are: the policy's own reader parses them, with its own limits. */
@Injectable()
export class YamlBody implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    // A job process has no HTTP.
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    if (typeof fastify?.addContentTypeParser !== 'function') return;
    for (const type of YAML_TYPES) {
      if (fastify.hasContentTypeParser(type)) continue;
      fastify.addContentTypeParser(
        type,
        { parseAs: 'buffer', bodyLimit: 256 * 1024 },
        (_request, body, done) => {
          try {
            done(null, decodeUtf8(body as Buffer));
          } catch (error) {
            done(error as Error);
          }
        },
      );
    }
  }
}
