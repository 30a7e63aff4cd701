import type { Clock } from '../kernel/clock.ts'
import type { AccessContext } from '../modules/access/index.ts'
import type { DatasetsContext } from '../modules/datasets/index.ts'
import type { RegistryContext } from '../modules/models/index.ts'
import type { TrackingContext } from '../modules/tracking/index.ts'
import type { ArtifactStore } from '../ports/artifact-store.ts'
import type { BlobStore } from '../ports/blob-store.ts'
import type { FolderStore } from '../ports/folder-store.ts'
import type { Config } from '../config/index.ts'

/** What the routes need of the rest; `app.ts` composes it. */
export interface HttpApp {
  readonly config: Config
  /** The version of Baton. */
  readonly version: string
  readonly clock: Clock
  readonly tracking: TrackingContext
  readonly models: RegistryContext
  readonly datasets: DatasetsContext
  readonly folders: FolderStore
  readonly blobs: BlobStore
  readonly artifacts: ArtifactStore
  readonly access: AccessContext
  /** Whether who reaches the server has to sign in. */
  readonly auth: boolean
}

/** What every plugin of the server is registered with. */
export interface HttpPluginOptions {
  readonly app: HttpApp
}
