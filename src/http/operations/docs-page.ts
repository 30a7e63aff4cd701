/** The parts of an OpenAPI document that the page shows. */
interface Shown {
  readonly info?: { readonly title?: string; readonly version?: string; readonly description?: string }
  readonly paths?: Readonly<Record<string, unknown>>
}

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema?: unknown
  }[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }
  readonly responses?: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }
    >
  >
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The interface as one page of HTML that needs nothing else: no script, no font, no network. */
export function docsPage(document: Shown): string {
  const sections = new Map<string, string[]>()
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const operation = (item as Partial<Record<string, Operation>>)[method]
      if (operation === undefined) continue
      const tag = operation.tags?.[0] ?? 'Other'
      const known = sections.get(tag) ?? []
      sections.set(tag, [...known, operationHtml(method, path, operation)])
    }
  }
  const title = `${document.info?.title ?? 'Interface'} ${document.info?.version ?? ''}`
  const parts = Array.from(sections, ([tag, operations]) => `<h2>${escape(tag)}</h2>${operations.join('')}`)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${style}</style></head><body><main><h1>${escape(title)}</h1>
<p>${escape(document.info?.description ?? '')}</p><p>The same for machines: <a href="openapi.json">openapi.json</a></p>
${parts.length === 0 ? '<p>There are no routes to show.</p>' : parts.join('')}</main></body></html>`
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escape(name)}</code>${required === true ? ' *' : ''}<td>${escape(place)}<td>${escape(typeOf(schema))}<td>${escape(description ?? '')}`,
  )
  const table =
    parameters.length === 0 ? '' : `<table><tr><th>name<th>in<th>type<th>meaning${parameters.join('')}</table>`
  const body = schemaHtml('Body', operation.requestBody?.content)
  const answers = Object.entries(operation.responses ?? {}).map(([status, { description, content }]) =>
    schemaHtml(`${status} ${description ?? ''}`, content),
  )
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escape(path)}</code> ${escape(operation.summary ?? '')}</summary>
<p>${escape(operation.description ?? '')}</p>${table}${body}${answers.join('')}</details>`
}

function schemaHtml(
  title: string,
  content: Readonly<Record<string, { readonly schema?: unknown }>> | undefined,
): string {
  const schemas = Object.entries(content ?? {})
  const texts = schemas.map(
    ([type, { schema }]) => `<p>${escape(type)}</p><pre>${escape(JSON.stringify(schema, undefined, 2) ?? '')}</pre>`,
  )
  return `<h3>${escape(title)}</h3>${texts.join('')}`
}

function typeOf(schema: unknown): string {
  const { type, enum: values } = (schema ?? {}) as { readonly type?: unknown; readonly enum?: readonly unknown[] }
  if (values !== undefined) return values.map(String).join(' | ')
  return typeof type === 'string' ? type : Array.isArray(type) ? type.join(' | ') : ''
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:auto;padding:1rem}
code,pre,b{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;padding:.75rem;background:#8881;border-radius:4px}
details{border-top:1px solid #8884;padding:.4rem 0}summary{cursor:pointer}table{border-collapse:collapse;width:100%}
td,th{text-align:left;border-bottom:1px solid #8883;padding:.2rem .6rem .2rem 0}h3{font-size:.9rem;margin:.8rem 0 .2rem}`
