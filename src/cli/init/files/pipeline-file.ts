import type { ProjectDraft } from '../draft.ts'
export function pipelineFile(draft: ProjectDraft): string {
  return draft.slug
}
