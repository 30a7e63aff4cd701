/** Where an address of MLflow's own page leads here; undefined for any other. */
export function fromMlflowAddress(hash: string): string | undefined {
  if (!hash.startsWith('#/')) return undefined
  const [path = '', search = ''] = hash.slice(1).split('?')
  const parts = path.split('/').filter((part) => part !== '')
  const query = new URLSearchParams(search)
  const [first, second, third, fourth] = parts
  if (first === 'experiments' && third === 'runs' && fourth !== undefined) return `/runs/${fourth}`
  if (first === 'experiments' && second !== undefined) return `/runs?experiment=${second}`
  if (first === 'models' && second !== undefined) {
    const version = third === 'versions' ? fourth : undefined
    return version === undefined ? `/models/${second}` : `/models/${second}?version=${version}`
  }
  if (first === 'models') return '/models'
  if (first === 'compare-runs') {
    const runs = (query.get('runs') ?? '').match(/\w+/g)
    return runs === null ? '/runs' : `/compare?runs=${runs.join(',')}`
  }
  if (first === 'experiments' || first === 'compare-experiments') return '/runs'
  return undefined
}
