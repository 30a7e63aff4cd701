export { createDuckdbEngine, type DuckdbOptions } from './engine.ts'
