import { ID } from '@nestjs/graphql';
import { Output, Prop } from '../../http/shape.js';
import type { ApiKeyView } from '../keys.service.js';
import type { Permission, Role } from '../roles.js';

@Output('ApiKey', 'An API key, without its secret.')
export class ApiKeyModel implements ApiKeyView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'What it is for.' })
  name: string;

  @Prop(() => String, { description: 'The visible part of the secret, to recognise it by.' })
  prefix: string;

  @Prop(() => String, { description: 'Its first role.' })
  role: Role;

  @Prop(() => [String], { description: 'All its roles.' })
  roles: Role[];

  @Prop(() => [String], { description: 'Permissions it is narrowed to; empty: all of its roles.' })
  scopes: Permission[];

  @Prop(() => Date, { description: 'When it ends by itself.', nullable: true })
  expiresAt: Date | null;

  @Prop(() => Date, { description: 'When it was revoked.', nullable: true })
  revokedAt: Date | null;

  @Prop(() => Date, { description: 'When it was last used, to the minute.', nullable: true })
  lastUsedAt: Date | null;

  @Prop(() => Date, { description: 'When it was made.' })
  createdAt: Date;
}

@Output('NewApiKey', 'A key just made. Its secret is shown here once and stored nowhere.')
export class NewApiKeyModel extends ApiKeyModel {
  @Prop(() => String, { description: 'The key itself: keep it now.' })
  secret: string;
}
