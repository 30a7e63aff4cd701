// The floors of docs/architecture.md as rules: imports go down only, and never in a circle.
const door = '^src/modules/[^/]+/(index|declare)\\.ts$'
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { pathNot: '^src/kernel/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'ports-see-only-the-kernel',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '^src/', pathNot: '^src/(ports|kernel)/' },
    },
    {
      name: 'drivers-know-no-domain',
      severity: 'error',
      from: { path: '^src/drivers/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(drivers|ports|kernel)/' },
    },
    {
      name: 'modules-use-ports-not-drivers',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^src/drivers/' },
    },
    {
      name: 'modules-do-not-know-the-app',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^src/(app|bin|index)\\.ts$|^src/(app|cli|http|define|config|testing)/' },
    },
    {
      name: 'modules-meet-at-the-front-door',
      comment: 'index.ts is the front door; declare.ts is the light one that a pipeline file loads.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', door] },
    },
    {
      name: 'shells-meet-modules-at-the-front-door',
      severity: 'error',
      from: {
        path: '^src/(app\\.ts|bin\\.ts|index\\.ts|app/|cli/|http/|define/|config/|testing/)',
        pathNot: '\\.(test|fixture)\\.ts$',
      },
      to: { path: '^src/modules/', pathNot: door },
    },
    {
      name: 'only-the-app-builds-drivers',
      severity: 'error',
      from: { path: '^src/(cli|http|define|config)/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^src/drivers/' },
    },
    {
      name: 'only-routes-speak-http',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/http/', '\\.(test|fixture)\\.ts$', '^src/drivers/notifier/'] },
      to: { path: '^(fastify|undici)|node:http' },
    },
    {
      name: 'sdks-stay-in-their-driver',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/drivers/', '\\.(test|fixture)\\.ts$'] },
      to: { path: 'node_modules/(@duckdb|onnxruntime-node|pg|pg-cursor|@aws-sdk|ssh2)|node:sqlite' },
    },
    {
      name: 'no-orphans',
      severity: 'warn',
      from: { orphan: true, pathNot: ['\\.(test|fixture)\\.ts$', '^src/(bin|index)\\.ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    moduleSystems: ['es6', 'cjs'],
  },
}
