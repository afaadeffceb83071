import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import { currentContext, runInContext } from '../context/index.js';
import { newId, UnitOfWork, type Transaction } from '../database/index.js';
import { ConflictError } from '../errors/index.js';
import { PROJECT } from './auth.records.js';
import { KeysService } from './keys.service.js';
import { PERMISSIONS, ROLE_NAMES, type Permission } from './roles.js';

export interface ProjectView {
  id: string;
  name: string;
}

export interface NewProject extends ProjectView {
  /** The first key of the project, with every role. */
  apiKey: { id: string; secret: string };
}

/** Projects are the walls between tenants; making one hands out its first key. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly database: DataSource,
    private readonly units: UnitOfWork,
    private readonly keys: KeysService,
    private readonly audit: AuditLog,
  ) {}

  current(): ProjectView {
    const { projectId, projectName } = currentContext();
    return { id: projectId, name: projectName };
  }

  /** Throws PROJECT_EXISTS. The names of other projects are known to administrators only. */
  async create(name: string, requestId: string): Promise<NewProject> {
    const project = { id: newId(), name };
    const apiKey = await this.asBootstrap(project, requestId, async (tx) => {
      const [row] = await tx.query<{ created: boolean }>('SELECT create_project($1, $2) AS created', [
        project.id,
        name,
      ]);
      if (!row?.created)
        throw new ConflictError(
          'PROJECT_EXISTS',
          `There is a project named ${JSON.stringify(name)} already.`,
        );
      await this.audit.record({
        action: 'project.created',
        subject: { kind: 'project', id: project.id },
        body: { name },
        records: [{ kind: PROJECT, id: project.id }],
      });
      return this.keys.create({ roles: ROLE_NAMES, name: 'first key' });
    });
    return { ...project, apiKey: { id: apiKey.id, secret: apiKey.secret } };
  }

  async findByName(name: string): Promise<ProjectView | undefined> {
    const [row] = await this.database.query<ProjectView[]>('SELECT id, name FROM find_project($1)', [name]);
    return row;
  }

  /** A key with every role for whoever operates this machine: the home folder that it is written to is theirs. */
  async localKey(project: ProjectView, requestId: string): Promise<{ id: string; secret: string }> {
    return this.asBootstrap(project, requestId, () =>
      this.keys.create({ roles: ROLE_NAMES, name: 'local key' }),
    );
  }

  private asBootstrap<T>(
    project: ProjectView,
    requestId: string,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    const actor = {
      kind: 'system' as const,
      id: 'bootstrap',
      name: 'bootstrap',
      permissions: new Set(Object.keys(PERMISSIONS) as Permission[]),
    };
    const context = { requestId, projectId: project.id, projectName: project.name, actor };
    return runInContext(context, () => this.units.run(work));
  }
}
