import { Global, Module } from '@nestjs/common';
import { RecordKinds } from '../audit/index.js';
import { AUTH_RECORDS } from './auth.records.js';
import { Authenticator } from './authenticator.service.js';
import { KeysService } from './keys.service.js';
import { ProjectsService } from './projects.service.js';

@Global()
@Module({
  providers: [Authenticator, KeysService, ProjectsService],
  exports: [Authenticator, KeysService, ProjectsService],
})
export class AuthModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...AUTH_RECORDS);
  }
}
