/** A database that is ready to serve. */
export interface OpenDatabase {
  /** Connection string of the application's role. */
  appUrl: string;
  /** Connection string of the owner of its tables, where Assay runs the server itself. */
  ownerUrl?: string;
  /** Connection string of a superuser, where Assay runs the server itself: for tests and repairs. */
  adminUrl?: string;
  /** Leave it; stops the server where this process runs it. */
  close(): Promise<void>;
}
